// What the address asks for, copying and printing; and where it all begins.

const whole = document.title;
const table = byId("table") ? findings() : null;
if (byId("heat-more")) heatMap();
if (byId("account-pick")) accountPicker();
copying();
printing();
route();
addEventListener("hashchange", route);

function route() {
  const left = byId("account");
  left?.remove();
  const account = asked("account");
  document.body.classList.toggle("one-account", account !== null);
  document.title = account ? `${account.id} · ${whole}` : whole;
  if (account) {
    byId("main").append(accountPage(account.id ?? ""));
    scrollTo(0, 0);
    byId("account-title").focus({ preventScroll: true });
    return;
  }
  const filters = asked("findings");
  if (filters && table) table.show(filters);
  else openTarget(left !== null);
}

// A link to something folded opens it. What was hidden when the browser looked for it is looked for again.
function openTarget(again) {
  let target = null;
  try {
    target = byId(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return; // not an encoded fragment
  }
  if (target instanceof HTMLDetailsElement) target.open = true;
  if (target && (again || target instanceof HTMLDetailsElement)) target.scrollIntoView();
}

function copying() {
  for (const policy of document.querySelectorAll("pre.policy")) {
    const button = element("button", "Copy", { type: "button" });
    button.addEventListener("click", async () => {
      if (!(await copied(policy.textContent, button))) getSelection().selectAllChildren(policy);
    });
    policy.after(button);
  }
}

// Whether the browser let the page copy; the button says so for a moment.
async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return false;
  }
  const before = button.dataset.label ?? button.textContent;
  button.dataset.label = before;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = before), 3000);
  return true;
}

// Paper has no disclosure triangles: everything is open while printing.
function printing() {
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
}
