from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import httpx
import openai
import pytest

from .asking import DEMO, MODEL, PICTURE, pixels

if TYPE_CHECKING:
    from collections.abc import Iterator

# Recent versions of the client say that the model behind the method is retired.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")


@pytest.fixture
def client(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{base_url}/v1",
        api_key=DEMO.virtual_key,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(trust_env=False),
    ) as made:
        yield made


@pytest.mark.parametrize("size", ["256x256", "1024x1024"])
def test_openais_client_gets_base64(client: openai.OpenAI, size: str) -> None:
    made = client.images.create_variation(
        image=("picture.png", io.BytesIO(PICTURE)),
        model=MODEL,
        n=2,
        size=size,  # type: ignore[arg-type]  # a parameter of this test
        response_format="b64_json",
        user="zoë",
    )
    assert made.data is not None
    width = int(size.partition("x")[0])
    pictures = [base64.b64decode(item.b64_json or "") for item in made.data]
    assert [pixels(one) for one in pictures] == [(width, width)] * 2


def test_openais_client_gets_urls(client: openai.OpenAI) -> None:
    made = client.images.create_variation(image=PICTURE, model=MODEL)
    assert made.data is not None
    served = httpx.get(made.data[0].url or "", trust_env=False)
    assert pixels(served.content) == (512, 512)


def test_openais_client_reads_refusals(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="n must be from 1 to 10"):
        client.images.create_variation(image=PICTURE, model=MODEL, n=11)
    with pytest.raises(openai.NotFoundError):
        client.images.create_variation(image=PICTURE, model="openai/none")
