/* The page's words, given by the server in the page's language. */

let words = {};
let plurals = null; // French counts nothing as one, English as many

export function useTexts(given) {
  words = given;
  plurals = new Intl.PluralRules(document.documentElement.lang);
}

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function count(name, number, values = {}) {
  const form = number === 0 && words[`${name}_none`] ? "none" : plurals.select(number) === "one" ? "one" : "many";
  return say(`${name}_${form}`, { count: number, ...values });
}

/* How far somebody is in a part. */
export function progressText({ acquired, assessed, total }) {
  return say("part", { acquired: count("acquired", acquired), assessed: count("assessed", assessed), total });
}
