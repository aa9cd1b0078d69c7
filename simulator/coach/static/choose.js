// A choice that shows its page at once.
document.querySelector("[data-choose]").addEventListener("change", (event) => event.target.form.submit());
