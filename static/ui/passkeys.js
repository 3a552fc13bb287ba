// Passkeys: the only pages that need a script, each with a twin that works without (an application, a code).
const bytes = (text) => {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
};
const text = (buffer) => {
  let raw = "";
  for (const byte of new Uint8Array(buffer)) raw += String.fromCharCode(byte);
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

async function post(address, token, body) {
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", "HX-Request": "false" };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
}

async function create(options) {
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  for (const key of options.excludeCredentials ?? []) key.id = bytes(key.id);
  const made = await navigator.credentials.create({ publicKey: options });
  const { attestationObject, clientDataJSON } = made.response;
  const response = { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) };
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

async function get(options, how = {}) {
  options.challenge = bytes(options.challenge);
  for (const key of options.allowCredentials ?? []) key.id = bytes(key.id);
  const made = await navigator.credentials.get({ publicKey: options, ...how });
  const { authenticatorData, clientDataJSON, signature, userHandle } = made.response;
  const response = {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientDataJSON),
    signature: text(signature),
    userHandle: userHandle && text(userHandle),
  };
  return { id: made.id, rawId: text(made.rawId), type: made.type, response };
}

async function ask(form) {
  const asked = await post(form.dataset.options, form.elements.csrf_token.value, {});
  if (!asked.ok) throw new Error(form.dataset.refused);
  return asked.json();
}

// At the door: the answer goes with the form, so that the page that follows is an ordinary one.
async function enter(form, how) {
  const answer = await get(await ask(form), how);
  form.elements.answer.value = JSON.stringify(answer);
  form.submit();
}

// The browser proposes the keys of this site in the field of the address. What it was asked to sign lives five minutes: it
// is asked again before, while somebody looks at the page.
let waiting;
async function propose(form) {
  waiting?.abort();
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const asking = new AbortController();
  waiting = asking;
  const again = () => {
    if (waiting === asking) propose(form);
  };
  const over = setTimeout(() => {
    if (document.hidden) document.addEventListener("visibilitychange", again, { once: true });
    else again();
  }, 240_000);
  asking.signal.addEventListener("abort", () => clearTimeout(over));
  enter(form, { mediation: "conditional", signal: asking.signal }).catch(() => clearTimeout(over));
}

async function run(form) {
  const options = await ask(form);
  const answer = await (form.dataset.passkey === "create" ? create(options) : get(options));
  answer.suite = form.dataset.next;
  if (form.elements.label) answer.label = form.elements.label.value;
  const checked = await post(form.action, form.elements.csrf_token.value, answer);
  const told = await checked.json();
  if (!checked.ok) throw new Error(told.error);
  window.location.assign(told.next);
}

if (window.PublicKeyCredential) {
  for (const absent of document.querySelectorAll("[data-passkey-absent]")) absent.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const atTheDoor = form.dataset.passkey === "enter";
    form.hidden = false;
    if (atTheDoor) propose(form);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      const button = form.querySelector("button");
      const problem = form.querySelector("[data-problem]");
      button.disabled = true;
      problem.textContent = "";
      try {
        waiting?.abort();
        waiting = undefined;
        await (atTheDoor ? enter(form) : run(form));
      } catch (error) {
        problem.textContent = error.name === "Error" && error.message ? error.message : form.dataset.refused;
        button.disabled = false;
        if (atTheDoor) propose(form);
      }
    });
  }
}
