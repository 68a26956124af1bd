import { h } from "./elements.js";

const MEANINGS = {
  "data:read": "Read transactions, balances, ledgers and identities",
  "data:write": "Create and update ledger data, money movements included",
  "alerts:read": "Read alerts",
  "alerts:write": "Raise and update alerts",
};

/** Fields as in Cloud's form. A manifest pasted as JSON fills them in. */
export function openRegisterDialog(permissions, submit) {
  openDialog({
    title: "Register app",
    intro: "Both URLs must answer on this machine: the sandbox calls nothing else.",
    fields: [
      h(
        "label",
        { class: "field" },
        "Manifest, if there is one to paste",
        h("textarea", { rows: "2", spellcheck: "false", oninput: fillFromManifest }),
      ),
      field("display_name", "Display name", { required: true }),
      field("developer_name", "Developer name"),
      field("description", "Description"),
      field("logo_url", "Logo URL", { type: "url" }),
      field("launch_access", "Launch access", { value: "everyone", required: true }),
      field("registration_callback_url", "Registration callback URL", { type: "url", required: true }),
      field("portal_generator_url", "Portal generator URL", { type: "url", required: true }),
      permissionFields("Permissions", permissions),
    ],
    verb: "Register",
    failed: "Not registered",
    busy: "Asking both URLs…",
    submit: (form) =>
      submit({
        ...Object.fromEntries(form),
        launch_access: form.get("launch_access").split(/[\s,]+/),
        permissions: form.getAll("permissions"),
      }),
  });
}

export function openInstallDialog(app, instance, submit) {
  openDialog({
    title: `Install ${app.display_name} on ${instance.name}`,
    intro: "Permissions cannot be changed later: that takes a new install.",
    fields: [permissionFields("What the app may do", app.permissions)],
    failed: "Not installed",
    verb: `Install on ${instance.name}`,
    busy: "Waiting for the app…",
    submit: (form) => submit(form.getAll("permissions")),
  });
}

export function openUninstallDialog(app, instance, submit) {
  openDialog({
    title: `Uninstall ${app.display_name}?`,
    intro: `Once the app has confirmed, its key for ${instance.name} is revoked.`,
    fields: [],
    failed: "Not uninstalled",
    verb: `Uninstall from ${instance.name}`,
    busy: "Waiting for the app…",
    submit,
  });
}

function field(name, label, attributes = {}) {
  return h("label", { class: "field" }, label, h("input", { name, autocomplete: "off", ...attributes }));
}

function fillFromManifest({ target: { value, form } }) {
  let manifest;
  try {
    manifest = JSON.parse(value);
  } catch {
    return;
  }
  for (const input of form.querySelectorAll("input[name]")) {
    const given = manifest[input.name];
    if (input.type === "checkbox") input.checked = given?.includes(input.value) ?? input.checked;
    else if (given !== undefined) input.value = String(given);
  }
}

function permissionFields(legend, permissions) {
  return h(
    "fieldset",
    {},
    h("legend", {}, legend),
    permissions.map((scope) =>
      h(
        "label",
        { class: "check" },
        h("input", { type: "checkbox", name: "permissions", value: scope, checked: true }),
        h("span", {}, h("code", {}, scope), h("small", {}, MEANINGS[scope])),
      ),
    ),
  );
}

/** Stays open, with the reason, when `submit` fails; cannot be submitted twice. */
function openDialog({ title, intro, fields, verb, busy, failed, submit }) {
  const failure = h("p", { class: "failure", role: "alert" });
  const confirm = h("button", { type: "submit", class: "button primary" }, verb);
  const send = async (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    confirm.disabled = true;
    confirm.textContent = busy;
    failure.textContent = "";
    try {
      await submit(form);
      dialog.close();
    } catch (error) {
      failure.textContent = `${failed}: ${error.message.replace(/\.$/, "")}.`;
      confirm.disabled = false;
      confirm.textContent = verb;
    }
  };
  const dialog = h(
    "dialog",
    { "aria-labelledby": "dialog-title", onclose: () => dialog.remove() },
    h(
      "form",
      { onsubmit: send },
      h("h2", { id: "dialog-title" }, title),
      h("p", { class: "quiet" }, intro),
      h("div", { class: "fields" }, fields),
      h(
        "div",
        { class: "dialog-footer" },
        failure,
        h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel"),
        confirm,
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
