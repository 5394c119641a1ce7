/** The pages' only script, for "Show password"; the content-security-policy names its hash. Without scripts the pages do all else. */
export const script = `
for(const box of document.querySelectorAll('[data-show-password]')){
const show=()=>{for(const field of box.form.querySelectorAll('[autocomplete$=password]'))field.type=box.checked?'text':'password'};
box.closest('label').hidden=false;
box.addEventListener('change',show);
box.form.addEventListener('submit',()=>{box.checked=false;show()});
}
`;
