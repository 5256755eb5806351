"""What the presenter takes beside the patient, reads from her boxes of medicine, and is asked to do."""
