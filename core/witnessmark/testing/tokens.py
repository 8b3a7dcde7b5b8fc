"""How many tokens the fake takes things for. Pictures are exact by the documented rule; text follows a rule of its own.

Text:   a quarter of its UTF-8 bytes, rounded up, for each block; 30 % more with the tokenizer of 4.7 and later (§1.2)
Pages:  the picture of a PDF page at the largest size the model sees, and the text of its text layer
Rest:   4 a message block, 12 a request, what the API says about tools, and the schema's text
Counting does not fetch URLs and files, as the API's does not (§9): they count nothing then.
"""

from __future__ import annotations

import json

from witnessmark.testing.contents import ImageContent, tokens_of_page_picture, tokens_of_picture
from witnessmark.testing.models import Model
from witnessmark.testing.request import Block
from witnessmark.testing.shapes import Object, part

PER_REQUEST = 12
PER_BLOCK = 4


def tokens_of_text(text: str, model: Model) -> int:
    """Count a text."""
    size = len(text.encode("utf-8", "surrogatepass"))
    return -(-size * 13 // 40) if model.new_tokenizer else -(-size // 4)


def text_of_tokens(text: str, tokens: int, model: Model) -> str:
    """Cut a text to at most so many tokens."""
    most = tokens * 40 // 13 if model.new_tokenizer else tokens * 4
    return text.encode("utf-8", "surrogatepass")[:most].decode("utf-8", "ignore")


def tokens_of_block(block: Block, model: Model) -> int:
    """Count what a block adds to the prompt."""
    tokens = PER_BLOCK + tokens_of_text("\n".join(filter(None, (block.title, block.context, block.text))), model)
    limits = {"edge": model.image_edge, "most": model.image_tokens}
    if isinstance(block.content, ImageContent):
        tokens += tokens_of_picture(block.content.width, block.content.height, **limits)
    elif block.content is not None:
        for page in block.content.pages:
            tokens += tokens_of_page_picture(page, **limits) + tokens_of_text(page.text, model)
    return tokens


def tokens_beside(body: Object, model: Model) -> int:
    """Count what a request costs beside its blocks; it stands before all of them."""
    tokens = PER_REQUEST
    if body.get("tools"):
        tokens += model.tool_prompt
    if schema := part(part(body, "output_config"), "format").get("schema"):
        tokens += tokens_of_text(json.dumps(schema, ensure_ascii=False, separators=(",", ":")), model)
    return tokens
