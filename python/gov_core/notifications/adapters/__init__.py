"""The notifiers that come along: webhook, mail, SMS, Apprise, console, file. Drivers are loaded here only."""
