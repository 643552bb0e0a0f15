// Renders /openapi.json, and tries its operations.

const openapi = await (await fetch("/openapi.json")).json();
const main = document.getElementById("operations"), filter = document.getElementById("filter");
document.getElementById("about").textContent = openapi.info.description;

for (const tag of [...openapi.tags, { name: "Probes", description: "상태 확인" }]) section(tag);
main.setAttribute("aria-busy", "false");
filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const box of main.querySelectorAll("details.operation")) box.hidden = !box.dataset.text.includes(wanted);
});

function section({ name, description }) {
  main.append(element("h2", name), element("p", description, "soft"));
  for (const [path, methods] of Object.entries(openapi.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.tags[0] === name) main.append(described(path, method, operation));
    }
  }
}

function described(path, method, operation) {
  const box = element("details", "", "operation");
  box.dataset.text = `${path} ${operation.summary}`.toLowerCase();
  const head = element("summary", "");
  head.append(element("b", method.toUpperCase()), element("code", path), element("span", operation.summary));
  box.append(head);
  box.addEventListener("toggle", () => fill(box, path, method, operation), { once: true });
  return box;
}

function fill(box, path, method, operation) {
  const parameters = (operation.parameters || []).map(resolved);
  const body = operation.requestBody?.content["application/json"];
  if (operation.description) box.append(element("p", operation.description));
  const policy = operation["x-medichain-policy"];
  if (policy) box.append(element("p", `${policy.access} · ${policy.timeoutSeconds} s · ${policy.safeToRepeat ? "safe to repeat" : "sent once"}`, "soft"));
  if (parameters.length) box.append(element("h3", "매개변수"), table(parameters.map(row)));
  if (body) box.append(element("h3", "본문"), shape(body.schema));
  box.append(element("h3", "응답"));
  for (const [status, answer] of Object.entries(operation.responses)) box.append(answered(status, answer));
  box.append(element("h3", "해 보기"), trial(path, method, parameters, body, operation));
}

function answered(status, answer) {
  const box = element("details", "");
  box.append(element("summary", `${status} ${answer.description}`));
  for (const [kind, content] of Object.entries(answer.content || {})) {
    box.append(element("p", kind, "soft"));
    const events = Object.entries(content["x-events"] || {});
    box.append(...events.flatMap(([name, schema]) => [element("h3", `event: ${name}`), shape(schema)]));
    if (!events.length) box.append(shape(content.schema));
    if (content.example !== undefined) box.append(element("pre", text(content.example)));
  }
  return box;
}

/** The fields of a schema; nested objects open on demand. */
function shape(schema) {
  const found = resolved(schema);
  if (!found.properties) return element("p", kind(schema), "soft");
  const rows = Object.entries(found.properties).map(([name, inner]) => {
    const cell = element("td", inner.description || resolved(inner).description || "");
    const nested = resolved(inner.items || inner);
    if (nested.properties) cell.append(opened(inner.items || inner));
    const needed = found.required?.includes(name) ? " *" : "";
    return line([element("code", name + needed), element("span", kind(inner)), cell]);
  });
  return table(rows);
}

function opened(schema) {
  const box = element("details", "");
  box.append(element("summary", "필드"));
  box.addEventListener("toggle", () => box.append(shape(schema)), { once: true });
  return box;
}

function row(parameter) {
  const about = element("td", parameter.description || "");
  return line([element("code", parameter.name + (parameter.required ? " *" : "")), element("span", `${parameter.in}, ${kind(parameter.schema)}`), about]);
}

function kind(schema) {
  if (schema.type === "array") return `${kind(schema.items)}[]`;
  if (schema.$ref && !resolved(schema).enum) return schema.$ref.split("/").pop();
  const found = { ...resolved(schema), ...schema };
  const limits = ["minLength", "maxLength", "minimum", "maximum", "pattern"].filter((key) => found[key] !== undefined);
  return [found.enum ? found.enum.join(" | ") : found.type || "", ...limits.map((key) => `${key} ${found[key]}`)].join(", ");
}

function trial(path, method, parameters, body, operation) {
  const form = document.createElement("form");
  const fields = parameters.filter(({ in: place }) => place !== "header").map((parameter) => {
    const input = field(form, "input", parameter.name);
    if (parameter.required) input.value = parameter.example;
    return { parameter, input };
  });
  const content = body && field(form, "textarea", "body");
  if (content) Object.assign(content, { rows: 8, value: text(body.example) });
  const stop = element("button", "멈추기"), shown = element("pre", "");
  Object.assign(stop, { type: "button", hidden: true });
  shown.setAttribute("aria-live", "polite");
  form.append(element("button", "보내기"), stop, shown);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const control = new AbortController();
    stop.onclick = () => control.abort();
    stop.hidden = false;
    const headers = content ? { "Content-Type": "application/json" } : {};
    if (operation.responses[200].content?.["text/event-stream"]) headers.Accept = "text/event-stream";
    try {
      await send(address(path, fields), { method: method.toUpperCase(), headers, body: content?.value, signal: control.signal }, shown);
    } catch (error) {
      shown.textContent += `\n(${error.name})`;
    }
    stop.hidden = true;
  });
  return form;
}

function address(path, fields) {
  const query = new URLSearchParams();
  let target = path;
  for (const { parameter, input } of fields) {
    if (parameter.in === "path") target = target.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== "") query.append(parameter.name, input.value);
  }
  return query.size ? `${target}?${query}` : target;
}

async function send(url, request, shown) {
  const response = await fetch(url, request);
  shown.textContent = `${response.status} ${response.headers.get("x-request-id") || ""}\n`;
  if (response.headers.get("content-type") === "application/json") {
    shown.textContent += text(await response.json());
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) shown.textContent += part.value;
}

function field(form, name, title) {
  const label = element("label", title), input = document.createElement(name);
  label.append(input);
  form.append(label);
  return input;
}

function resolved(schema) {
  if (!schema?.$ref) return schema || {};
  return schema.$ref.slice(2).split("/").reduce((place, step) => place[step], openapi);
}

function text(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function table(rows) {
  const made = document.createElement("table");
  made.append(...rows);
  return made;
}

function line(cells) {
  const made = document.createElement("tr");
  for (const cell of cells) {
    if (cell.tagName === "TD") made.append(cell);
    else made.insertCell().append(cell);
  }
  return made;
}

function element(name, words, kind = "") {
  const made = document.createElement(name);
  made.textContent = words;
  made.className = kind;
  return made;
}
