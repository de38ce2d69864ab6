/** Facts about the service, at the foot of the page. */

/** @param {HTMLElement} element @param {import("./api.js").Model} model the answer of /v1/model */
export function showFacts(element, { figures, service }) {
  const accuracy = figures?.mnist_test_accuracy;
  const facts = [
    accuracy && `The reader classifies ${(100 * accuracy).toFixed(2)} % of MNIST’s test images correctly.`,
    "What you write is read by this service only, and not stored.",
    service.keeps_corrections && "Corrections are stored.",
    `tenfold ${service.version}`,
  ];
  element.textContent = facts.filter(Boolean).join(" ");
}
