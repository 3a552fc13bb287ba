// What the pages that go on without network share (the stall, the door): a store on the disk, sending, a page that keeps itself.
const SILENCE = 20_000;

// Why sending stopped: "offline", "later", "sign-in" or "forbidden".
export class Stop extends Error {}

// A database of this browser. `stores` gives the options of each, by name. Returns a function that runs one transaction:
// `work(store, give)` may give a value, which comes out once everything is on the disk.
export function openStores(name, stores) {
  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const [store, options] of Object.entries(stores)) asked.result.createObjectStore(store, options);
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return async (mode, work) => {
    const base = await opened;
    return new Promise((done, failed) => {
      const transaction = base.transaction(Object.keys(stores), mode, { durability: "strict" });
      let given;
      transaction.oncomplete = () => done(given);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
      work((store) => transaction.objectStore(store), (value) => (given = value));
    });
  };
}

export async function ask(address, options = {}) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), SILENCE);
  try {
    const answer = await fetch(address, { ...options, redirect: "manual", credentials: "same-origin", signal: stop.signal });
    if (answer.type === "opaqueredirect") throw new Stop("sign-in");
    if (answer.status === 403) throw new Stop("forbidden");
    return answer;
  } catch (error) {
    if (error instanceof Stop) throw error;
    throw new Stop(navigator.onLine ? "later" : "offline");
  } finally {
    clearTimeout(clock);
  }
}

// What an answer says; one that cannot be read is tried again later.
export const read = (answer) =>
  answer.json().catch(() => {
    throw new Stop("later");
  });

export async function askToken(address) {
  const answer = await ask(address);
  if (!answer.ok) throw new Stop("later");
  return (await read(answer)).token;
}

// Sends a JSON; gives the answer when its status is one of those that the page knows.
export async function post(address, key, facts, known) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": key };
  const answer = await ask(address, { method: "POST", headers, body: JSON.stringify(facts) });
  if (!known.includes(answer.status)) throw new Stop("later");
  return answer;
}

// Runs `work` while no other window of this browser does.
function alone(name, work) {
  const locks = navigator.locks;
  return locks ? locks.request(name, { ifAvailable: true }, (lock) => lock && work()) : work();
}

// A function that sends what waits, and once more when it is called meanwhile; `network` says how it goes, `show` shows it.
export function sender(name, work, network, show) {
  let busy = false;
  let again = false;
  return async function send() {
    again = busy;
    if (busy) return;
    busy = true;
    try {
      await alone(name, work);
      network.say(navigator.onLine ? "online" : "offline");
    } catch (error) {
      again = false;
      network.say(error instanceof Stop ? error.message : "later");
    } finally {
      busy = false;
      await show();
    }
    if (again) await send();
  };
}

// What is shown -------------------------------------------------------------------------------------------------------
const WORDS = {
  online: "sayOnline", offline: "sayOffline", sending: "saySending", later: "sayLater", "sign-in": "saySignIn",
  forbidden: "sayForbidden", broken: "sayBroken",
};

// The line that says how the network is: `said` are the words of the page, `part` finds its elements.
export function stateLine(said, part) {
  let code = "";
  let kept = false;
  const show = () => {
    const door = code === "sign-in" || code === "forbidden";
    part("sign-in").hidden = !door;
    part("sign-in").firstElementChild.textContent = door ? said[WORDS[code]] : "";
    part("state").dataset.state = code;
    part("state").textContent = door ? "" : [said[WORDS[code]], kept && code !== "broken" ? said.sayReady : ""].join(" ").trim();
  };
  return {
    say(other) {
      code = other;
      show();
    },
    // Whether somebody has to sign in before anything leaves.
    shut: () => ["sign-in", "forbidden"].includes(code),
    keep() {
      kept = true;
      show();
    },
  };
}

export function line(title, text, tag, tone) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const strong = document.createElement("strong");
  strong.textContent = title;
  const detail = document.createElement("span");
  detail.className = "soft";
  detail.textContent = text;
  words.append(strong, document.createElement("br"), detail);
  item.append(words);
  if (tag) {
    const mark = document.createElement("span");
    mark.className = `tag ${tone}`;
    mark.textContent = tag;
    item.append(mark);
  }
  return item;
}

export function button(text, act, style = "linklike") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = style;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// The page keeps itself for when the network is away; `done` is called once it is kept.
export function keepPage(done) {
  if (!("serviceWorker" in navigator)) return;
  const path = location.pathname;
  navigator.serviceWorker.addEventListener("message", (event) => event.data?.kept === path && done());
  navigator.serviceWorker.ready.then((registration) => registration.active.postMessage({ keep: path }));
}
