"""What a reader sees of the blocks of a report."""

from cgsim.report.document import Facts, Picture, Points, Table, Text


def texts_of(block):
    """Yield what a reader sees of a block that is no code and no file."""
    match block:
        case Text():
            yield block.text
        case Points():
            yield from block.texts
        case Facts():
            yield from (text for row in block.rows for text in row)
        case Picture():
            yield from (block.title, block.note)
        case Table():
            yield from (block.caption, *block.heads, *(cell for row in block.rows for cell in row))
