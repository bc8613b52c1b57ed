/** The view library, in one place. */
export { html } from "htm/preact";
export { createContext, h, render } from "preact";
export { useContext, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
