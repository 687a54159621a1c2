"""What is in an XLSX file beside the cells."""

from xml.etree import ElementTree

from jobs.services import export_xlsx_parts as parts


def test_every_fixed_part_is_well_formed() -> None:
    sheet = parts.SHEET_BEGIN.format(columns=2) + parts.SHEET_END.decode()

    for each in (parts.CONTENT_TYPES, parts.RELATIONS, parts.STYLES, sheet):
        ElementTree.fromstring(each)


def test_the_styles_have_those_that_cells_name() -> None:
    namespace = {"x": parts.MAIN}

    styles = ElementTree.fromstring(parts.STYLES).findall("x:cellXfs/x:xf", namespace)

    assert styles[parts.MOMENT].get("numFmtId") == "164"
    assert styles[parts.MONEY].get("numFmtId") == "2"
    assert styles[parts.BOLD].get("fontId") == "1"


def test_a_workbook_names_each_sheet_and_where_it_lies() -> None:
    sheets = ElementTree.fromstring(parts.workbook("Products", 2))[0]
    targets = {
        each.get("Id"): each.get("Target") for each in ElementTree.fromstring(parts.workbook_relations(2))
    }

    listed = {each.get("name"): targets[each.get(f"{{{parts.OFFICE}}}id")] for each in sheets}
    assert listed == {"Products": "worksheets/sheet1.xml", "Products 2": "worksheets/sheet2.xml"}
    assert targets["rId3"] == "styles.xml"
