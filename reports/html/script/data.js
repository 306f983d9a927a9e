const byId = (id) => document.getElementById(id);
const data = unpack(JSON.parse(byId("data").textContent));
const keys = data.looks.map(([, , , key]) => key);

// Three indexes make a finding: kind (check, mark, severity), place (account, region, resource), words
// (message, note). Columns are made once; everything later compares numbers.
function unpack(raw) {
  const count = raw.findings.length / 3;
  const column = () => new Uint32Array(count);
  const out = { ...raw, count, check: column(), mark: column(), severity: column(), account: column(),
    region: column(), resource: column(), message: column() };
  for (let i = 0; i < count; i++) {
    const kind = raw.findings[3 * i] * 3;
    const place = raw.findings[3 * i + 1] * 3;
    out.check[i] = raw.kinds[kind];
    out.mark[i] = raw.kinds[kind + 1];
    out.severity[i] = raw.kinds[kind + 2];
    out.account[i] = raw.places[place];
    out.region[i] = raw.places[place + 1];
    out.resource[i] = raw.places[place + 2];
    out.message[i] = raw.findings[3 * i + 2];
  }
  return out;
}

function element(name, text, attributes) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  return made;
}

function link(text, href) {
  return element("a", text, { href });
}

function number(count) {
  return count.toLocaleString("en");
}

// An address inside the page: a view and what it shows.
function fragment(view, query) {
  return `#${view}?` + new URLSearchParams(query).toString().replaceAll("+", "%20");
}

// What the address asks of a view; null where it names another one.
function asked(view) {
  const [name, query] = location.hash.split("?", 2);
  if (name !== `#${view}` || query === undefined) return null;
  return Object.fromEntries(new URLSearchParams(query.replaceAll("+", "%2B")));
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// The place of each text in the order of all of them.
function rank(texts) {
  const order = texts.map((_, i) => i).sort((a, b) => compare(texts[a], texts[b]));
  const ranks = new Uint32Array(texts.length);
  order.forEach((index, place) => (ranks[index] = place));
  return ranks;
}

function fill(select, values, labels = values) {
  values.forEach((value, i) => select.append(element("option", labels[i], { value })));
}

function label(id, name) {
  return name ? `${name} (${id})` : id;
}
