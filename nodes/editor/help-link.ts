/** Links to help: from a dialog to its own, and from there to what stands once for all nodes. */
import { BASICS, BASIC_SECTIONS } from './basics';
import { text } from './texts';

/** Puts a link to the node's help at the end of its dialog. */
export function addHelpLink(type: string, form: JQuery): void {
  const link = $('<a href="#" class="rescale-help"><i class="fa fa-book"></i> <span></span></a>');
  link.find('span').text(text('pick.help'));
  link.on('click', (event) => {
    event.preventDefault();
    RED.sidebar.help?.show(type, true);
  });
  form.append($('<div class="form-row">').append(link));
}

/** `#rescale-errors` and the like open what all nodes share, at that section. Called once. */
export function watchHelpLinks(): void {
  for (const [place, section] of BASIC_SECTIONS.entries()) {
    $(document).on('click', `a[href="#rescale-${section}"]`, (event) => {
      event.preventDefault();
      RED.sidebar.help?.set(RED.nodes.getNodeHelp(BASICS), text('pick.basics'));
      $('.red-ui-help').find('h3').eq(place)[0]?.scrollIntoView({ block: 'start' });
    });
  }
}
