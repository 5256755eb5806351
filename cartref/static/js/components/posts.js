/** Sending to the application: every POST carries the page's form token, and an answer is JSON or a named refusal. */

/** What the server refuses for good: asking again would not help. */
const FINAL = new Set([401, 403, 404, 409, 410, 422]);

/** An answer that is no. `status` is HTTP's, `problem` the JSON that came with it. */
export class Refused extends Error {
  constructor(status, problem) {
    super(`refused: ${status}`);
    this.name = FINAL.has(status) ? "Refused" : "Unavailable";
    this.status = status;
    this.problem = problem;
  }
}

/** Posts fields as a form and returns the JSON of the answer; rejects with Refused, or with the network's own error. */
export async function post(url, fields = {}, { keepalive = false } = {}) {
  const answer = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    credentials: "same-origin",
    redirect: "error",
    keepalive,
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

/** A `fetchTicket` for the call library: its error is named TicketRefused when there will be no ticket. */
export function ticketsFrom(url, heard = () => {}) {
  return async () => {
    try {
      const answer = await post(url);
      heard(answer);
      return answer.ticket;
    } catch (error) {
      if (error.name === "Refused") error.name = "TicketRefused";
      throw error;
    }
  };
}

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}
