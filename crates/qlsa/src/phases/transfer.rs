//! The inverse non-linear Fourier transform by halving: from (eta, xi) to layers, and the forward one back.
//!
//! A layer is [[c, s w^k], [-conj(s) w^(-k), c]] with c > 0, c^2 + |s|^2 = 1; a product of layers k = 0, 1,
//! ... is [[eta^*, xi], [-xi^*, eta]] with polynomials eta, xi in w, where the star means conjugation on the
//! unit circle. Real s and imaginary s (the phases of a real target, with i s in place of s) obey the same
//! formulas with real coefficients.
//!
//! One layer is peeled off by s/c = xi_0/eta_0, eta' = c eta + conj(s) xi and xi' = (c xi - s eta)/w. A block
//! of m layers with product (eta_1, xi_1) is peeled off at once, eta' = xi_1^* xi + eta_1^* eta and
//! xi' = w^(-m) (eta_1 xi - xi_1 eta), and two blocks join as xi = w^m eta_1^* xi_2 + xi_1 eta_2 and
//! eta = eta_1 eta_2 - w^m xi_1^* xi_2. The first n layers depend only on the first n coefficients, so all
//! products are cyclic ones of length 2m. Stable where eta is outer (arXiv 2505.12615).

use num_complex::Complex64;

use super::convolution::{Coefficient, Transform};

/// Blocks of at most this many layers are treated one by one. Larger products have power-of-two lengths:
/// other transforms would save up to half the work, but their rounding errors are ten times larger and add
/// up.
const BLOCK: usize = 64;

/// One factor of the non-linear Fourier product.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer<C> {
    pub(crate) cosine: f64,
    pub(crate) sine: C,
}

/// The product of some layers: the coefficients of eta and xi.
pub(crate) struct Product<C> {
    pub(crate) eta: Vec<C>,
    pub(crate) xi: Vec<C>,
}

/// The first eta.len() layers of the product that starts with the coefficients `eta`, `xi` (equal positive
/// lengths).
pub(crate) fn inverse_transform<C: Coefficient>(mut eta: Vec<C>, mut xi: Vec<C>) -> Vec<Layer<C>> {
    let count = eta.len();
    let (block, levels) = block_and_levels(count);
    let transforms = level_transforms(block, levels);
    eta.resize(block << levels, C::ZERO);
    xi.resize(block << levels, C::ZERO);
    let mut layers = Vec::with_capacity(block << levels);
    peel(&transforms, Product { eta, xi }, false, &mut layers);
    layers.truncate(count);
    layers
}

/// (eta, xi) of a product of layers; both padded with zeros beyond the number of layers.
pub(crate) fn forward_transform<C: Coefficient>(mut layers: Vec<Layer<C>>) -> Product<C> {
    let (block, levels) = block_and_levels(layers.len().max(1));
    layers.resize(block << levels, Layer { cosine: 1.0, sine: C::ZERO });
    multiply(&level_transforms(block, levels), &layers)
}

/// Splits `count` layers into a block size and a number of doublings that cover them.
fn block_and_levels(count: usize) -> (usize, usize) {
    if count <= BLOCK {
        (count, 0)
    } else {
        (BLOCK, count.div_ceil(BLOCK).next_power_of_two().ilog2() as usize)
    }
}

/// One transform per doubling; entry l has length block 2^(l+1).
fn level_transforms<C: Coefficient>(block: usize, levels: usize) -> Vec<Transform<C>> {
    (1..=levels).map(|level| Transform::new(block << level)).collect()
}

/// Appends the layers of `all` and returns their product, or nothing if it is not `wanted`.
fn peel<C: Coefficient>(
    transforms: &[Transform<C>],
    all: Product<C>,
    wanted: bool,
    layers: &mut Vec<Layer<C>>,
) -> Option<Product<C>> {
    let Some((transform, rest)) = transforms.split_last() else {
        let start = layers.len();
        peel_one_by_one(all, layers);
        return wanted.then(|| product_of_layers(&layers[start..]));
    };
    let half = transform.length() / 2;
    let leading = Product { eta: all.eta[..half].to_vec(), xi: all.xi[..half].to_vec() };
    let first = Spectra::of_unitary(transform, &peel(rest, leading, true, layers)?);
    let remaining = first.peel_off(Spectra::new(transform, &all), transform);
    drop(all);
    // Without a wanted product the second half returns none, and there is nothing to join.
    let second = peel(rest, remaining, wanted, layers)?;
    Some(first.join(Spectra::of_unitary(transform, &second), transform))
}

fn peel_one_by_one<C: Coefficient>(mut all: Product<C>, layers: &mut Vec<Layer<C>>) {
    let count = all.eta.len();
    for start in 0..count {
        // xi has lost `start` factors w by now; its entries keep their place. eta_0 is real.
        let (leading_eta, leading_xi) = (all.eta[0].real_part(), all.xi[start]);
        let norm = leading_eta.hypot(leading_xi.squared_modulus().sqrt());
        let (cosine, sine) =
            if norm > 0.0 { (leading_eta / norm, leading_xi * (1.0 / norm)) } else { (1.0, C::ZERO) };
        let conjugate = sine.conjugate();
        for (eta, xi) in all.eta[..count - start].iter_mut().zip(&mut all.xi[start..]) {
            (*eta, *xi) = (*eta * cosine + conjugate * *xi, *xi * cosine - sine * *eta);
        }
        layers.push(Layer { cosine, sine });
    }
}

fn multiply<C: Coefficient>(transforms: &[Transform<C>], layers: &[Layer<C>]) -> Product<C> {
    let Some((transform, rest)) = transforms.split_last() else {
        return product_of_layers(layers);
    };
    let (first, second) = layers.split_at(transform.length() / 2);
    let spectra = |layers| Spectra::of_unitary(transform, &multiply(rest, layers));
    let (first, second) = rayon::join(|| spectra(first), || spectra(second));
    first.join(second, transform)
}

/// The product of a few layers, built from the last one to the first.
fn product_of_layers<C: Coefficient>(layers: &[Layer<C>]) -> Product<C> {
    let count = layers.len();
    let mut eta = vec![C::ZERO; count];
    let mut xi = vec![C::ZERO; count];
    eta[0] = C::from_real(1.0);
    for (done, Layer { cosine, sine }) in layers.iter().rev().enumerate() {
        // Prepending a layer: eta = c eta' - conj(s) w xi', xi = s eta' + c w xi'.
        let conjugate = sine.conjugate();
        for k in (1..=done).rev() {
            let shifted = xi[k - 1];
            xi[k] = *sine * eta[k] + shifted * *cosine;
            eta[k] = eta[k] * *cosine - conjugate * shifted;
        }
        xi[0] = *sine * eta[0];
        eta[0] = eta[0] * *cosine;
    }
    Product { eta, xi }
}

/// The spectra of a product at a length 2m.
struct Spectra {
    eta: Vec<Complex64>,
    xi: Vec<Complex64>,
}

impl Spectra {
    fn new<C: Coefficient>(transform: &Transform<C>, product: &Product<C>) -> Self {
        let (eta, xi) = rayon::join(|| transform.spectrum(&product.eta), || transform.spectrum(&product.xi));
        Self { eta, xi }
    }

    /// The spectra of a product of layers, where |eta|^2 + |xi|^2 = 1 at every point of the circle is
    /// restored. The transforms' rounding has the same sign at the same frequency in every block, so that
    /// without this step the errors of thousands of blocks add up instead of averaging out.
    fn of_unitary<C: Coefficient>(transform: &Transform<C>, product: &Product<C>) -> Self {
        let mut spectra = Self::new(transform, product);
        for (eta, xi) in spectra.eta.iter_mut().zip(&mut spectra.xi) {
            let correction = 1.5 - 0.5 * (eta.norm_sqr() + xi.norm_sqr());
            *eta *= correction;
            *xi *= correction;
        }
        spectra
    }

    /// Peels this block of m layers off the 2m leading coefficients of `all`: the m leading ones of the rest.
    fn peel_off<C: Coefficient>(&self, mut all: Self, transform: &Transform<C>) -> Product<C> {
        let half = transform.length() / 2;
        let block = self.eta.iter().zip(&self.xi);
        for ((block_eta, block_xi), (eta, xi)) in block.zip(all.eta.iter_mut().zip(&mut all.xi)) {
            (*eta, *xi) =
                (block_xi.conj() * *xi + block_eta.conj() * *eta, block_eta * *xi - block_xi * *eta);
        }
        let mut rest = all.into_product(transform);
        rest.eta.truncate(half);
        rest.xi.drain(..half);
        rest
    }

    /// The product of this block and the next one, of m layers each.
    fn join<C: Coefficient>(&self, mut next: Self, transform: &Transform<C>) -> Product<C> {
        // At length 2m, w^m takes the values +1, -1, +1, ...
        let mut shift = 1.0;
        let block = self.eta.iter().zip(&self.xi);
        for ((block_eta, block_xi), (eta, xi)) in block.zip(next.eta.iter_mut().zip(&mut next.xi)) {
            let shifted = *xi * shift;
            (*eta, *xi) =
                (block_eta * *eta - block_xi.conj() * shifted, block_eta.conj() * shifted + block_xi * *eta);
            shift = -shift;
        }
        next.into_product(transform)
    }

    fn into_product<C: Coefficient>(self, transform: &Transform<C>) -> Product<C> {
        let (eta, xi) = rayon::join(|| transform.sequence(self.eta), || transform.sequence(self.xi));
        Product { eta, xi }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layer(modulus: f64, angle: f64) -> Layer<Complex64> {
        Layer { cosine: (1.0 - modulus * modulus).sqrt(), sine: Complex64::from_polar(modulus, angle) }
    }

    /// The product at one point of the circle, as a matrix.
    fn direct(layers: &[Layer<Complex64>], w: Complex64) -> (Complex64, Complex64) {
        let mut matrix = [[Complex64::ONE, Complex64::ZERO], [Complex64::ZERO, Complex64::ONE]];
        let mut power = Complex64::ONE;
        for Layer { cosine, sine } in layers {
            let factor = [
                [Complex64::from(*cosine), sine * power],
                [-(sine * power).conj(), Complex64::from(*cosine)],
            ];
            matrix = matrix.map(|row| {
                [row[0] * factor[0][0] + row[1] * factor[1][0], row[0] * factor[0][1] + row[1] * factor[1][1]]
            });
            power *= w;
        }
        (matrix[1][1], matrix[0][1])
    }

    fn evaluate(coefficients: &[Complex64], w: Complex64) -> Complex64 {
        coefficients.iter().rev().fold(Complex64::ZERO, |sum, value| sum * w + value)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn forward_is_the_matrix_product_and_inverse_undoes_it(
            seeds in prop::collection::vec((0.0..1.0f64, 0.0..6.3f64), 1..400),
        ) {
            // Few large layers keep eta bounded away from zero, as an outer function must be.
            let scale = 1.0 / (seeds.len() as f64).sqrt();
            let layers: Vec<_> = seeds.iter().map(|(modulus, angle)| layer(modulus * scale, *angle)).collect();
            let mut product = forward_transform(layers.clone());
            for angle in [0.0, 1.0, 2.5, 3.1] {
                let w = Complex64::cis(angle);
                let (eta, xi) = direct(&layers, w);
                prop_assert!((evaluate(&product.eta, w) - eta).norm() < 1e-13);
                prop_assert!((evaluate(&product.xi, w) - xi).norm() < 1e-13);
            }
            product.eta.truncate(layers.len());
            product.xi.truncate(layers.len());
            let recovered = inverse_transform(product.eta, product.xi);
            prop_assert_eq!(recovered.len(), layers.len());
            for (a, b) in recovered.iter().zip(&layers) {
                prop_assert!((a.sine - b.sine).norm() < 1e-11);
            }
        }
    }
}
