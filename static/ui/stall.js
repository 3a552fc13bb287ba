// The stall: entries wait in IndexedDB, leave one by one when the network is there, and are erased once received.
// Their references are made here, as civique/core/stall/references.py makes those of the sheets: change both together.
const LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ";
const DIGITS = "0123456789";
const DEVICE = "23456789" + LETTERS;
const root = document.getElementById("stall");
const { openStores, post, read, askToken, sender, stateLine, line, button, keepPage } = await import(root.dataset.pieces);
const form = document.getElementById("stall-form");
const said = root.dataset;
const part = (id) => document.getElementById(`stall-${id}`);
const received = [];
let correcting = null;
let waiting = 0;
const network = stateLine(said, part);
const say = network.say;

// References ----------------------------------------------------------------------------------------------------------
function checkLetter(signs) {
  let sum = 0;
  [...signs].forEach((sign, place) => (sum += (place + 2) * (DIGITS + LETTERS).indexOf(sign)));
  return LETTERS[sum % LETTERS.length];
}
function drawn(signs) {
  const most = 256 - (256 % signs.length);
  for (;;) {
    const [value] = crypto.getRandomValues(new Uint8Array(1));
    if (value < most) return signs[value % signs.length];
  }
}
const newDevice = () => drawn(LETTERS) + drawn(DEVICE) + drawn(DEVICE) + drawn(DEVICE);

// What the tablet keeps -----------------------------------------------------------------------------------------------
const within = openStores("stand", { entries: { keyPath: "reference" }, device: { keyPath: "id" } });
const entries = () =>
  within("readonly", (store, give) => (store("entries").getAll().onsuccess = (event) => give(event.target.result)));
const erase = (reference) => within("readwrite", (store) => store("entries").delete(reference));
const rewrite = (entry) => within("readwrite", (store) => store("entries").put(entry));

// A new entry takes the next number in the transaction that writes it: two windows never give the same.
function keep(facts, instead) {
  return within("readwrite", (store, give) => {
    const put = (reference) => {
      store("entries").put({ reference, facts, at: Date.now() });
      give(reference);
    };
    if (instead) return put(instead);
    store("device").get("device").onsuccess = (event) => {
      let { device, number } = event.target.result ?? { device: newDevice(), number: 0 };
      if (number >= 999) [device, number] = [newDevice(), 0];
      number += 1;
      store("device").put({ id: "device", device, number });
      const counted = String(number).padStart(3, "0");
      put(`ST-${device}-${counted}-${checkLetter(device + counted)}`);
    };
  });
}

// Sending -------------------------------------------------------------------------------------------------------------
async function sendOne(entry, key) {
  const facts = { ...entry.facts, reference: entry.reference };
  const answer = await post(said.send, key, facts, [200, 201, 409, 422]);
  const told = await read(answer);
  // Erased or marked only if nobody corrected it meanwhile.
  const now = (await entries()).find((one) => one.reference === entry.reference);
  if (!now || now.at !== entry.at) return;
  if (answer.ok) {
    await erase(entry.reference);
    received.unshift({ reference: entry.reference, answered: told.answered });
  } else {
    const problem = told.problem ?? Object.values(told.errors ?? {}).join(" ");
    await rewrite({ ...entry, problem, conflict: answer.status === 409 });
  }
}

async function sendAll() {
  const leaving = (await entries()).filter((entry) => !entry.problem && entry.reference !== correcting);
  if (!leaving.length) return;
  say("sending");
  const key = await askToken(said.token);
  for (const entry of leaving) {
    await sendOne(entry, key);
    await show();
  }
}

const send = sender("stand", sendAll, network, () => show());

// What is shown -------------------------------------------------------------------------------------------------------
function waitingLine(entry) {
  const words = entry.facts[`${entry.facts.kind}-text`] ?? "";
  const text = entry.problem ?? [entry.facts.name, words.slice(0, 80)].filter(Boolean).join(", ");
  const item = line(entry.reference, text, entry.problem ? said.sayConflict : said.sayWaits, entry.problem ? "stop" : "wait");
  const acts = document.createElement("span");
  acts.className = "row";
  if (entry.conflict) acts.append(button(said.sayRenew, () => renew(entry)));
  else acts.append(button(said.sayCorrect, () => correct(entry)));
  acts.append(
    button(said.sayErase, async () => {
      if (window.confirm(said.sayEraseSure)) await erase(entry.reference).then(show);
    }),
  );
  item.append(acts);
  return item;
}

async function show() {
  const all = await entries();
  waiting = all.length;
  const count = waiting === 0 ? said.sayNone : waiting === 1 ? said.sayOne : said.sayMany.replace("#", waiting);
  part("count").textContent = count;
  part("send").hidden = !waiting;
  const gone = received.map((one) => line(one.reference, one.answered, said.sayReceived, "ok"));
  part("list").replaceChildren(...all.map(waitingLine), ...gone);
  part("list").hidden = !waiting && !received.length;
}

function showReceipt(reference) {
  const [, device, number, letter] = reference.split("-");
  const groups = ["ST", device, number, letter];
  const names = Object.fromEntries(said.names.split(" ").map((name) => [name[0], name]));
  const spelled = part("receipt").querySelector(".spelled");
  spelled.replaceChildren(
    ...groups.map((group) => {
      const bold = document.createElement("b");
      bold.textContent = group;
      return bold;
    }),
  );
  spelled.dataset.reference = reference;
  part("receipt").querySelector("[data-aloud]").textContent = [...`ST${device}${number}${letter}`]
    .map((sign) => names[sign] ?? sign)
    .join(", ");
  part("receipt").hidden = false;
  part("receipt").focus();
}

// The form ------------------------------------------------------------------------------------------------------------
const field = (name) => form.elements[name];
const chosen = () => form.querySelector("input[name=answer_by]:checked")?.value ?? "none";

function fit() {
  for (const own of form.querySelectorAll("[data-kind]")) own.hidden = own.dataset.kind !== field("kind").value;
  for (const own of form.querySelectorAll("[data-for]")) own.hidden = own.dataset.for !== chosen();
}

function asked() {
  const found = [...form.querySelectorAll("[data-needed] :is(input, select, textarea)")];
  const own = { email: ["email"], phone: ["phone"], letter: ["street", "city"], none: [] }[chosen()];
  if (chosen() !== "none") found.push(field("name"), ...own.map(field));
  return found.filter((one) => !one.closest("[hidden]"));
}

function checked() {
  const empty = asked().find((one) => !one.value.trim());
  const wrong = empty ?? (chosen() === "email" && !field("email").checkValidity() ? field("email") : null);
  const told = form.querySelector("[data-problem]");
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  told.hidden = !wrong;
  if (!wrong) return true;
  const label = wrong.labels[0]?.textContent.trim() ?? "";
  told.textContent = `${label}\u00a0: ${empty ? said.sayFill : said.sayEmail}`;
  wrong.setAttribute("aria-invalid", "true");
  wrong.focus();
  return false;
}

function facts() {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    const text = String(value).trim();
    const place = form.elements[name];
    const hidden = (place.closest ? place : place[0]).closest("[data-kind][hidden], [data-for][hidden]");
    if (text && !hidden) found[name] = text;
  }
  return found;
}

function clear() {
  const { channel, kind } = Object.fromEntries(new FormData(form));
  form.reset();
  field("channel").value = channel;
  field("kind").value = kind;
  correcting = null;
  form.querySelector("[data-correcting]").hidden = true;
  fit();
}

function correct(entry) {
  clear();
  for (const [name, value] of Object.entries(entry.facts)) if (form.elements[name]) form.elements[name].value = value;
  correcting = entry.reference;
  const told = form.querySelector("[data-correcting]");
  told.textContent = said.sayCorrecting.replace("#", entry.reference);
  told.hidden = false;
  fit();
  form.scrollIntoView();
}

async function renew(entry) {
  const reference = await keep(entry.facts);
  await erase(entry.reference);
  showReceipt(reference);
  await show();
  send();
}

form.addEventListener("change", fit);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!checked()) return;
  const pressed = form.querySelector("button.btn");
  pressed.disabled = true;
  try {
    const reference = await keep(facts(), correcting);
    try {
      localStorage.setItem("stand-channel", field("channel").value);
    } catch {
      // a comfort only
    }
    clear();
    await show();
    showReceipt(reference);
    send();
  } catch {
    say("broken");
  } finally {
    pressed.disabled = false;
  }
});
part("send").addEventListener("click", send);
window.addEventListener("online", send);
window.addEventListener("offline", () => say("offline"));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
setInterval(() => waiting && !network.shut() && send(), 30_000);
window.addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});

keepPage(network.keep);

entries()
  .then(async () => {
    try {
      const channel = localStorage.getItem("stand-channel");
      if (channel) field("channel").value = channel;
    } catch {
      // a comfort only
    }
    navigator.storage?.persist?.();
    say(navigator.onLine ? "online" : "offline");
    fit();
    form.hidden = false;
    await show();
    await send();
  })
  .catch(() => say("broken"));
