"""The kit for notifiers: a receiver that fails as real ones do, and what a notifier and its workers promise."""
