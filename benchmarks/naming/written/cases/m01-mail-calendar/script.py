"""Turn a folder of .ics invitations and .msg mails into one overview."""
import sys
from pathlib import Path

import extract_msg
import icalendar
import html2text
import magic
import chardet
import phonenumbers
import yaml
from email_validator import validate_email, EmailNotValidError
from markdown_it import MarkdownIt
from dateutil.rrule import rrulestr


def read_invitation(path: Path) -> list[dict]:
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    rows = []
    for event in calendar.walk("VEVENT"):
        rows.append({"summary": str(event.get("SUMMARY")), "rule": str(event.get("RRULE", ""))})
    return rows


def read_mail(path: Path) -> dict:
    message = extract_msg.Message(str(path))
    body = message.body or html2text.html2text(message.htmlBody.decode(chardet.detect(message.htmlBody)["encoding"]))
    return {"summary": message.subject, "body": body}


def main() -> None:
    overview = []
    for path in sorted(Path(sys.argv[1]).iterdir()):
        kind = magic.from_file(str(path), mime=True)
        if kind == "text/calendar":
            overview.extend(read_invitation(path))
        elif path.suffix == ".msg":
            overview.append(read_mail(path))
    print(yaml.safe_dump(overview))
    print(MarkdownIt().render("# done"))


if __name__ == "__main__":
    main()
