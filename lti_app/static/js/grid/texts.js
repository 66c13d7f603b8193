/* The page's words, given by the server in the page's language. */

let words = {};

export function useTexts(given) {
  words = given;
}

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

export function count(name, number, values = {}) {
  return say(number > 1 ? `${name}_many` : `${name}_one`, { count: number, ...values });
}
