"""Parses a page as browsers do and names what they would have to mend."""

import json
import sys

import html5lib


def main(path):
    with open(path, "rb") as page:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(page)
    problems = [f"line {at[0]}: {code} {values}" for at, code, values in parser.errors]
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    problems += [f"id {name} stands twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
    for element in tree.iter():
        for key in ("aria-labelledby", "href"):
            for name in (element.get(key) or "").lstrip("#").split():
                if name not in ids:
                    problems.append(f"{key} names {name}, which is not there")
    pictures = [element for element in tree.iter("img")]
    problems += ["a picture without words" for picture in pictures if not picture.get("alt")]
    print(json.dumps({"problems": problems, "pictures": len(pictures), "elements": len(ids)}))


main(sys.argv[1])
