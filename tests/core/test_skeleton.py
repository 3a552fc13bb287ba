def test_home(commune):
    page = commune.client().get("/")
    assert page.status == 200
    etag = page.headers["ETag"]
    again = commune.client().get("/", headers={"If-None-Match": etag})
    assert again.status == 304


def test_sign_in(commune, mailbox):
    client = commune.client()
    page = client.submit("/connexion", {"email": "a@exemple.fr"})
    page = client.follow(page)
    message = mailbox()[-1]
    code = message["Subject"].split(":")[1].strip()
    page = client.submit("/connexion/code", {"code": code})
    page = client.follow(page)
    page = client.submit("/connexion/qui", {"given_name": "A", "family_name": "B"})
    page = client.follow(page)
    assert client.get("/mon-compte").title == "A B"
