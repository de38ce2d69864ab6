/** Make an element of the page. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

/** A formatted number, with a real minus sign. @param {number} value @param {number} [decimals] */
export function formatted(value, decimals = 2) {
  return value.toFixed(decimals).replace("-", "−");
}

/** A percentage, never 0 or 100 %, but < 0.1 or > 99.9 %. @param {number} share */
export function percent(share) {
  if (share < 0.0005) return "< 0.1 %";
  return share >= 0.9995 ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`;
}
