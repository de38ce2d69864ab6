/** Facts about the service, at the foot of the page. */

/** @param {HTMLElement} element @param {import("./api.js").Model} model the answer of /v1/model */
export function showFacts(element, { figures, service }) {
  const accuracy = figures?.mnist_test_accuracy;
  const facts = [
    accuracy && `Of MNIST’s test images the reader gets ${(100 * accuracy).toFixed(2)} % right.`,
    "What you write is read by this service alone, and forgotten.",
    service.keeps_corrections ? "Corrections are kept." : "Nothing is kept.",
    `tenfold ${service.version}`,
  ];
  element.textContent = facts.filter(Boolean).join(" ");
}
