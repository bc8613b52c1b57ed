/** The view library, in one place. */
export { html } from "htm/preact";
export { render } from "preact";
export { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
