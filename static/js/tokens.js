/** The computed value of a colour token, such as token("c1"). Custom properties come back unresolved, a probe does not. */
export function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--st-${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
