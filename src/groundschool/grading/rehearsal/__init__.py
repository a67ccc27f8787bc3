"""What grading learns of a topic before it sees a submission, from answers whose author is trusted."""
