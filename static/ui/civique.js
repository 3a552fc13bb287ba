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

// « Imprimer » buttons exist only where they can work.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

if ("serviceWorker" in navigator && document.body.dataset.offlinePage) {
  navigator.serviceWorker.register("/sw.js").catch(() => {});
}
