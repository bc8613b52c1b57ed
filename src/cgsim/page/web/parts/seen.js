/** Wait until what was said can be seen; where nobody looks there are no frames. @returns {Promise<void>} */
export function seen() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 120);
  });
}
