// The door of a gathering: its guests are kept on this telephone, who came waits here and leaves when the network is there.
// Each arrival bears a number of its own, and says which one it corrects: two telephones never note one guest twice.
const root = document.getElementById("door");
const { Stop, openStores, ask, post, read, askToken, sender, stateLine, line, button, keepPage } = await import(
  root.dataset.pieces
);
const said = root.dataset;
const part = (id) => document.getElementById(`door-${id}`);
const network = stateLine(said, part);
const SHOWN = 100;
const KEPT_FOR = 2 * 24 * 3600 * 1000;
let offered = [];
let list = null;
let marks = [];
let correcting = null;
let shown = "";

// What the telephone keeps: the lists of guests, and the arrivals that have not left yet, in their order.
const within = openStores("porte", {
  lists: { keyPath: "id" },
  marks: { keyPath: "number", autoIncrement: true },
});
const all = (name) =>
  within("readonly", (store, give) => (store(name).getAll().onsuccess = (event) => give(event.target.result)));
const put = (name, row) => within("readwrite", (store) => store(name).put(row));
const erase = (name, key) => within("readwrite", (store) => store(name).delete(key));
const at = (path) => `${said.base}/${path}`;
const chosen = () => location.hash.slice(1);
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// The lists of gatherings that are over are erased, once nothing of them waits here.
async function eraseOld() {
  const waiting = new Set((await all("marks")).map((mark) => mark.gathering));
  for (const one of await all("lists")) {
    if (Date.now() > Date.parse(one.until) + KEPT_FOR && !waiting.has(one.id)) await erase("lists", one.id);
  }
}

// Sending and reading -------------------------------------------------------------------------------------------------
async function readLists() {
  const answer = await ask(at("rencontres"));
  if (!answer.ok) throw new Stop("later");
  offered = (await read(answer)).gatherings;
}

async function readGuests() {
  const id = chosen();
  if (!id) return;
  const answer = await ask(at(`${id}/invites`));
  if (answer.status === 404) return;
  if (!answer.ok) throw new Stop("later");
  const fresh = await read(answer);
  await within("readwrite", (store) => {
    store("lists").get(id).onsuccess = (event) => store("lists").put({ ...fresh, guests: keepOthers(fresh, event.target.result) });
  });
}

// A guest whom somebody else had noted stays said so, as long as that arrival stands.
function keepOthers(fresh, kept) {
  const others = new Set(kept?.guests.filter((one) => one.other).map((one) => one.key));
  return fresh.guests.map((one) => ({ ...one, other: Boolean(one.key) && others.has(one.key) }));
}

async function noteGuest(id, guest) {
  await within("readwrite", (store) => {
    store("lists").get(id).onsuccess = (event) => {
      const kept = event.target.result;
      if (!kept) return;
      const others = kept.guests.filter((one) => one.id !== guest.id);
      store("lists").put({ ...kept, guests: [...others, guest].sort((a, b) => a.name.localeCompare(b.name)) });
    };
  });
}

async function sendOne(mark, key) {
  const { number, gathering, problem, ...facts } = mark;
  const answer = await post(at(`${gathering}/arrivees`), key, facts, [200, 404, 422]);
  if (answer.status === 404) return put("marks", { ...mark, problem: said.sayGone });
  const told = await read(answer);
  if (!answer.ok) return put("marks", { ...mark, problem: told.problem });
  await noteGuest(gathering, { ...told.guest, other: !told.mine });
  await erase("marks", number);
}

async function sendAll() {
  const leaving = (await all("marks")).filter((mark) => !mark.problem);
  if (leaving.length) {
    network.say("sending");
    const key = await askToken(at("jeton"));
    for (const mark of leaving) {
      await sendOne(mark, key);
      await show();
    }
  }
  await readLists();
  await readGuests();
}

const send = sender("porte", sendAll, network, () => show());

async function note(facts) {
  await put("marks", { ...facts, key: crypto.randomUUID(), at: Date.now() });
  correcting = null;
  if (document.activeElement?.tagName === "INPUT") document.activeElement.blur(); // Safari leaves the focus in the number
  await show();
  send();
}

// What is shown -------------------------------------------------------------------------------------------------------
const people = (number) => (number === 1 ? said.sayOne : said.sayMany.replace("#", number));
const time = (moment) => {
  const { lang } = document.documentElement;
  const shown = new Date(moment).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  return lang === "fr" ? shown.replace(":", "\u00a0h\u00a0") : shown;
};

function numberBox(guest, label) {
  const box = document.createElement("span");
  box.className = "row";
  const number = document.createElement("input");
  number.type = "number";
  number.min = guest.key ? 0 : 1;
  number.max = said.most;
  number.inputMode = "numeric";
  number.value = guest.came ?? guest.party;
  number.setAttribute("aria-label", said.sayHow.replace("#", guest.name));
  const act = () => {
    if (!number.checkValidity() || !number.value) return number.reportValidity();
    note({ gathering: list.id, registration: guest.id, came: Number(number.value), instead_of: guest.key });
  };
  const press = button(label, act, "btn small");
  press.setAttribute("aria-label", `${label} – ${guest.name}`);
  box.append(number, press);
  return box;
}

function guestLine(guest) {
  const item = guestWords(guest);
  item.dataset.guest = guest.id;
  return item;
}

function guestWords(guest) {
  const mark = marks.find((one) => one.registration === guest.id);
  const expected = [people(guest.party), guest.state === "registered" ? "" : guest.label].filter(Boolean).join(", ");
  if (mark) {
    const item = line(guest.name, mark.problem ?? expected, mark.problem ? said.sayStop : said.sayWaits, mark.problem ? "stop" : "wait");
    item.append(button(said.sayUndo, () => erase("marks", mark.number).then(show)));
    return item;
  }
  if (guest.came && correcting !== guest.id) {
    const words = (guest.other ? said.sayOther : said.sayBy).replace("#", guest.by || "–").replace("@", time(guest.at));
    const item = line(guest.name, words, `${said.sayCame} (${guest.came})`, guest.other ? "wait" : "ok");
    item.append(
      button(said.sayCorrect, () => {
        correcting = guest.id;
        show();
      }),
    );
    return item;
  }
  const item = line(guest.name, expected, "", "");
  item.append(numberBox(guest, said.sayCame));
  return item;
}

function added(mark) {
  const item = line(mark.name, mark.problem ?? people(mark.came), mark.problem ? said.sayStop : said.sayWaits, mark.problem ? "stop" : "wait");
  item.append(button(said.sayUndo, () => erase("marks", mark.number).then(show)));
  return item;
}

function showChoice(lists) {
  const known = new Map([...lists, ...offered].map((one) => [one.id, one]));
  const options = [...known.values()].sort((a, b) => a.starts.localeCompare(b.starts));
  const select = part("which");
  const empty = new Option(said.sayChoose, "");
  select.replaceChildren(empty, ...options.map((one) => new Option(`${one.title}, ${one.when}`, one.id)));
  select.value = known.has(chosen()) ? chosen() : "";
}

async function show() {
  const lists = await all("lists");
  const waiting = await all("marks");
  list = lists.find((one) => one.id === chosen()) ?? null;
  marks = waiting.filter((mark) => mark.gathering === chosen());
  const left = waiting.length;
  part("waiting").textContent = left === 0 ? said.sayNone : left === 1 ? said.sayOneWaits : said.sayManyWait.replace("#", left);
  part("send").hidden = !left;
  showChoice(lists);
  part("guests").hidden = !list;
  part("missing").hidden = Boolean(list) || !chosen();
  if (!list) {
    part("list").replaceChildren();
    shown = "";
    return;
  }
  const came = list.guests.reduce((sum, guest) => sum + (marks.find((m) => m.registration === guest.id)?.came ?? guest.came ?? 0), 0);
  const strangers = marks.filter((mark) => !mark.registration);
  const total = strangers.reduce((sum, mark) => sum + mark.came, came);
  const expected = list.guests.reduce((sum, guest) => sum + (guest.state === "registered" ? guest.party : 0), 0);
  part("count").textContent = said.sayCount.replace("#", total).replace("@", expected);
  const words = fold(part("words").value).split(/\s+/).filter(Boolean);
  const found = list.guests.filter((guest) => words.every((word) => fold(guest.name).includes(word)));
  part("more").hidden = found.length <= SHOWN;
  showGuests(strangers, found.slice(0, SHOWN));
}

// Shown anew only when something changed and nobody is typing a number: what is being pressed stays under the finger.
function showGuests(strangers, found) {
  const now = JSON.stringify([strangers, found, marks, correcting]);
  const here = document.activeElement?.closest("#door-list li");
  if (now === shown || (here && document.activeElement.tagName === "INPUT")) return;
  shown = now;
  part("list").replaceChildren(...strangers.map(added), ...found.map(guestLine));
  if (here) part("list").querySelector(`[data-guest="${here.dataset.guest}"] button`)?.focus();
}

// What is done --------------------------------------------------------------------------------------------------------
part("which").addEventListener("change", (event) => {
  location.hash = event.target.value;
});
window.addEventListener("hashchange", () => show().then(send));
part("words").addEventListener("input", show);
part("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (!form.reportValidity() || !list) return;
  const facts = { gathering: list.id, name: form.elements.name.value.trim(), came: Number(form.elements.came.value) };
  form.reset();
  await note(facts);
});
part("erase").addEventListener("click", async () => {
  if (marks.length ? window.alert(said.sayNotYet) : window.confirm(said.sayEraseSure)) {
    await erase("lists", chosen());
    location.hash = "";
  }
});
part("send").addEventListener("click", send);
window.addEventListener("online", send);
window.addEventListener("offline", () => network.say("offline"));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
setInterval(() => !network.shut() && document.visibilityState === "visible" && send(), 20_000);
keepPage(network.keep);

eraseOld()
  .then(async () => {
    navigator.storage?.persist?.();
    network.say(navigator.onLine ? "online" : "offline");
    part("work").hidden = false;
    await show();
    await send();
  })
  .catch(() => network.say("broken"));
