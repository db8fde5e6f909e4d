import { createRoot } from 'react-dom/client';
import { Shell } from './shell.tsx';
import '../../ui/theme.css';
import '../../ui/kit.css';
import './shell.css';

createRoot(document.getElementById('app')!).render(<Shell />);
