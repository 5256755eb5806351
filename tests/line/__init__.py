"""The line that calls are proved on: two network namespaces, a link of our own between them, a browser at each end."""
