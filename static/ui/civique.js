// What pages need beside htmx: the form token, errors told as notices, and small comforts. Everything works without it.
const token = () => document.querySelector('meta[name="csrf-token"]')?.content;

document.addEventListener("htmx:config:request", (event) => {
  const value = token();
  if (value) event.detail.ctx.request.headers["X-CSRFToken"] = value;
});

// An error page is never swapped into a widget: nothing is lost, a notice says what to do.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx.response?.status >= 500) event.preventDefault();
});

function say(text) {
  const place = document.getElementById("notices");
  if (!place) return;
  const notice = document.createElement("p");
  notice.className = "notice stop";
  notice.textContent = text;
  place.append(notice);
}

const words = (name) => document.body.dataset[name];
document.addEventListener("htmx:response:error", (event) => {
  if (event.detail.ctx.response?.status >= 500) say(words("failed"));
});
document.addEventListener("htmx:error", () => say(words("offline")));

// Of a list that was shown anew, a screen reader says how much it holds, not all of it.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail.ctx.target;
  const said = document.getElementById("said");
  if (said && target?.querySelector) said.textContent = target.querySelector("[data-said]")?.textContent.trim() ?? "";
});

// A form that writes is sent once, also without htmx.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The menu of a narrow screen closes by Escape, by a click beside it and when the focus leaves it.
const opened = () => document.querySelector("details.menu[open]");
document.addEventListener("keydown", (event) => {
  const menu = opened();
  const find = document.getElementById("menu-q");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "Escape" && find?.closest(".rail").contains(event.target)) {
    find.value = "";
    find.focus();
    document.getElementById("menu-found").replaceChildren();
  } else if (event.key?.toLowerCase() === "k" && event.ctrlKey && find?.offsetParent) {
    event.preventDefault();
    find.select();
  }
});
for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    const menu = opened();
    if (menu && !menu.contains(event.target)) menu.open = false;
  });
}

// In a menu that is longer than the screen, the entry of this page is in sight.
const rail = document.querySelector(".rail > nav");
const here = rail?.querySelector("[aria-current]");
if (here) rail.scrollTop = here.offsetTop - rail.offsetTop - rail.clientHeight / 2;

// « Imprimer » buttons exist only where they can work, also on a page that came without a reload.
const showPrint = () => {
  for (const button of document.querySelectorAll("button[data-print]")) button.hidden = false;
};
showPrint();
document.addEventListener("htmx:after:swap", showPrint);
document.addEventListener("click", (event) => event.target.closest?.("button[data-print]") && window.print());

if ("serviceWorker" in navigator && document.body.dataset.offlinePage) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
