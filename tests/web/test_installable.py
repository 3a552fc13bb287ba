import json


def test_what_a_phone_reads_to_install_the_site(commune):
    client = commune.client()
    manifest = client.get("/manifest.webmanifest")
    assert manifest.status == 200
    facts = json.loads(manifest.text)
    assert facts["name"] == "Blou"
    assert {icon["sizes"] for icon in facts["icons"]} == {"192x192", "512x512"}
    for icon in facts["icons"]:
        assert client.get(icon["src"]).headers["Content-Type"] == "image/png"
