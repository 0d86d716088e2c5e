/** The number of a resident identity card (GB 11643): what of it can be checked without asking anybody. The number is never repeated. */
import { Refusal } from '../../../lib/refusal.js';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';

/** Refuses: `national_id_invalid` (the check digit does not follow, or the day of birth in it is not this one; null: not known). */
export function requireNationalId(number: string, birthDate: string | null): void {
  const sum = weights.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  if (checkDigits[sum % 11] !== number[17])
    throw new Refusal('national_id_invalid', {
      en: 'the last character of the identity card number does not follow from the others',
      zh: '身份证号码的校验码与前 17 位不符',
    });
  if (birthDate !== null && number.slice(6, 14) !== birthDate.replaceAll('-', ''))
    throw new Refusal('national_id_invalid', {
      en: "the day of birth in the identity card number is not the member's",
      zh: '身份证号码中的出生日期与成员的出生日期不符',
    });
}
