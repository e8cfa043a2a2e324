import { study } from './page.js';
import { showSlice } from './show.js';

showSlice(study.first);
