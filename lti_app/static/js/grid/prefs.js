/* How the person likes the page, remembered by the server: a browser may refuse a frame any storage. */

import { post } from "./saver.js";

const known = new Map();
let address = "";
let secret = "";

export function usePrefs({ preferences, urls }, token) {
  for (const [name, value] of Object.entries(preferences)) known.set(name, value);
  address = urls.preferences;
  secret = token;
}

export function remember(name, value) {
  if (known.get(name) === value) return;
  known.set(name, value);
  post(address, secret, { name, value }).catch(() => null); // it lasts as long as the page
}

export function recall(name) {
  return known.get(name) ?? null;
}
