// Icons, drawn on a grid of 24 with a line of 2. They stand beside words, so screen readers do not hear of them.
import type { ComponentChildren } from 'preact';

function Icon({ children, size = 18, fill }: { children: ComponentChildren; size?: number; fill?: boolean }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={fill ? 'currentColor' : 'none'}
      stroke={fill ? 'none' : 'currentColor'}
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

type Size = { size?: number };

// SMS is the mark of a text message: a bubble on a phone's edge. No other channel has it.
export const SMS = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M21 12a7 7 0 0 1-7 7H9l-5 3v-6.5A7 7 0 0 1 10 5h4a7 7 0 0 1 7 7Z" />
    <path d="M8.5 12h.01M12.5 12h.01M16.5 12h.01" stroke-width="2.6" />
  </Icon>
);
export const Check = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);
export const Cross = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);
export const Chevron = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="m6 9 6 6 6-6" />
  </Icon>
);
export const Up = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M12 19V5m-6 6 6-6 6 6" />
  </Icon>
);
export const Person = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5a7.5 7.5 0 0 1 15 0" />
  </Icon>
);
export const Bell = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9ZM10 20a2.2 2.2 0 0 0 4 0" />
  </Icon>
);
export const BellOff = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M8.5 4A6 6 0 0 1 18 9c0 2.2.3 3.7.8 4.8M6 9.5c0 5-2.5 6.5-2.5 6.5H16M10 20a2.2 2.2 0 0 0 4 0M3 3l18 18" />
  </Icon>
);
export const Keyboard = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <rect x="2.5" y="6" width="19" height="12" rx="2" />
    <path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M7.5 14h9" />
  </Icon>
);
export const Gear = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
export const Note = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M5 4h14v10l-5 6H5zM14 20v-6h5" />
  </Icon>
);
export const Book = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M12 6.5C10 5 7 4.5 4 5v13.5c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5c-3-.5-6 0-8 1.5ZM12 6.5V20" />
  </Icon>
);
export const Transfer = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M4 17h4c5 0 4-10 9-10h3M17 4l3 3-3 3M4 7h4c1.2 0 2 .5 2.7 1.300M13.3 15.700c.8.8 1.7 1.3 3.7 1.300h3M17 14l3 3-3 3" />
  </Icon>
);
export const Folder = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M3 6.5V19h18V8.5h-9L10 6H3.5" />
  </Icon>
);
export const Send = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <path d="M4 12 20 4.5 15.5 20l-4-6.5zM11.5 13.5 20 4.5" />
  </Icon>
);
export const Clock = ({ size }: Size) => (
  <Icon size={size ?? 14}>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 7.5V12l3 2" />
  </Icon>
);
export const Ticks = ({ size }: Size) => (
  <Icon size={size ?? 14}>
    <path d="m2 13 4.5 4.5L16 8M12 17.5 22 8" />
  </Icon>
);
export const Tick = ({ size }: Size) => (
  <Icon size={size ?? 14}>
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
);
export const Warning = ({ size }: Size) => (
  <Icon size={size ?? 16}>
    <path d="M12 4 2.5 20h19zM12 10v4.5M12 17.300v.01" />
  </Icon>
);
export const Search = ({ size }: Size) => (
  <Icon size={size ?? 18}>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m20 20-4.3-4.3" />
  </Icon>
);
// Mark is Switchyard's: two tracks that meet.
export const Mark = ({ size }: Size) => (
  <Icon size={size ?? 22}>
    <path d="M3 6h5c6 0 4 12 10 12h3M3 18h5c1.8 0 2.9-1 3.8-2.5M14 8c.9-1.2 2-2 4-2h3" />
  </Icon>
);
