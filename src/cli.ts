import { render, Text } from 'ink';
import { createElement } from 'react';
const i = render(createElement(Text, null, 'hello'));
setTimeout(() => i.unmount(), 100);
