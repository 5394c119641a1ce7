"""Run by `dynops exec -- python3 -m unittest discover test`, which brings up a stack of its own and says where it is."""
import json
import os
import unittest
import urllib.error
import urllib.request

API_URL = os.environ["API_URL"]


def request(method, path, body=None, token=os.environ["ID_TOKEN"]):
    """The status and the JSON body of the answer."""
    headers = {"content-type": "application/json", **({"authorization": token} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(API_URL + path, data, headers, method=method)) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


class Notes(unittest.TestCase):
    def test_a_note_is_kept_listed_and_deleted(self):
        self.assertEqual(request("PUT", "/notes/1", {"text": "Buy milk"})[0], 200)
        self.assertEqual(request("GET", "/notes/1")[1]["text"], "Buy milk")
        self.assertEqual(len(request("GET", "/notes")[1]), 1)
        self.assertEqual(request("DELETE", "/notes/1")[0], 204)
        self.assertEqual(request("GET", "/notes/1")[0], 404)

    def test_a_note_without_text_is_refused(self):
        status, body = request("PUT", "/notes/2", {})
        self.assertEqual(status, 400)
        self.assertIn("text", body["message"])

    def test_nobody_reads_notes_without_a_token(self):
        self.assertEqual(request("GET", "/notes", token=None)[0], 401)
        self.assertEqual(request("GET", "/health", token=None), (200, {"ok": True}))


if __name__ == "__main__":
    unittest.main()
