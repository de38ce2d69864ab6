/** Make an element of the page. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A number as people read it, with a minus that is one. @param {number} value @param {number} [decimals] */
export function printed(value, decimals = 2) {
  return value.toFixed(decimals).replace("-", "−");
}

/** A probability as people read it. @param {number} share */
export function percent(share) {
  if (share > 0.999 && share < 1) return "> 99.9 %";
  return share > 0 && share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;
}
