use std::io::Write;

use ndarray::{Array1, Array2, Array3, ShapeBuilder, array};
use ndarray_npy::{NpzWriter, WriteNpyExt, write_npy};
use num_complex::Complex64;
use proptest::prelude::*;

use super::*;
use crate::output::matrix_market;
use crate::sparse::SparseMatrix;
use crate::test_matrices::any_matrix;

fn matrix(bytes: &[u8]) -> Result<AnyMatrix, ReadError> {
    parse(bytes).and_then(AnyEntries::into_matrix).map_err(|fault| fault.at(Path::new("file")))
}

fn vector(bytes: &[u8]) -> Result<Vec<f64>, ReadError> {
    parse(bytes).and_then(AnyEntries::into_real_vector).map_err(|fault| fault.at(Path::new("file")))
}

fn real(bytes: &[u8]) -> Array2<f64> {
    matrix(bytes).unwrap().into_real().unwrap().to_dense()
}

fn text(header: &str, body: &str) -> Vec<u8> {
    format!("%%MatrixMarket matrix {header}\n{body}").into_bytes()
}

mod matrix_market_files {
    use super::*;

    #[test]
    fn every_layout_field_and_symmetry() {
        let cases: [(&str, &str, Array2<f64>); 8] = [
            (
                "coordinate real general",
                "2 3 2\n1 3 1.5\n2 1 -2e-1\n",
                array![[0.0, 0.0, 1.5], [-0.2, 0.0, 0.0]],
            ),
            ("coordinate integer symmetric", "2 2 2\n1 1 3\n2 1 -4\n", array![[3.0, -4.0], [-4.0, 0.0]]),
            ("coordinate pattern symmetric", "2 2 1\n2 1\n", array![[0.0, 1.0], [1.0, 0.0]]),
            ("coordinate real skew-symmetric", "2 2 1\n2 1 5\n", array![[0.0, -5.0], [5.0, 0.0]]),
            ("array real general", "2 2\n1\n2\n3\n4\n", array![[1.0, 3.0], [2.0, 4.0]]),
            ("array real symmetric", "2 2\n1\n2\n3\n", array![[1.0, 2.0], [2.0, 3.0]]),
            (
                "array real skew-symmetric",
                "3 3\n1\n2\n3\n",
                array![[0.0, -1.0, -2.0], [1.0, 0.0, -3.0], [2.0, 3.0, 0.0]],
            ),
            ("array integer general", "1 2\n-7\n0\n", array![[-7.0, 0.0]]),
        ];
        for (header, body, expected) in cases {
            assert_eq!(real(&text(header, body)), expected, "{header}");
        }
        let i = Complex64::i();
        let hermitian = matrix(&text("coordinate complex hermitian", "2 2 2\n1 1 1 0\n2 1 2 3\n")).unwrap();
        let expected =
            SparseMatrix::from_dense(&array![[1.0 + 0.0 * i, 2.0 - 3.0 * i], [2.0 + 3.0 * i, 0.0 * i]]);
        assert_eq!(hermitian, AnyMatrix::Complex(expected));
    }

    #[test]
    fn comments_blank_lines_case_and_fortran_exponents_are_accepted() {
        let file = b"%%matrixmarket MATRIX Coordinate Real GENERAL\r\n% caf\xe9\r\n\r\n 2 2 2 \r\n%\r\n1 1 1.5D+02\r\n\r\n 2  2\t-1d0\r\n% end";
        assert_eq!(real(file), array![[150.0, 0.0], [0.0, -1.0]]);
    }

    #[test]
    fn duplicates_are_summed() {
        assert_eq!(real(&text("coordinate real general", "1 1 2\n1 1 1\n1 1 2\n")), array![[3.0]]);
    }

    #[test]
    fn an_upper_triangle_is_mirrored_too() {
        let file = text("coordinate real symmetric", "2 2 2\n1 1 1\n1 2 7\n");
        assert_eq!(real(&file), array![[1.0, 7.0], [7.0, 0.0]]);
    }

    #[test]
    fn gzip_is_unpacked() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&text("array real general", "1 1\n4\n")).unwrap();
        let file = encoder.finish().unwrap();
        assert_eq!(real(&file), array![[4.0]]);
        assert!(matrix(&file[..file.len() - 12]).is_err());
    }

    #[test]
    fn errors_name_the_line_and_what_is_accepted() {
        let general = "coordinate real general";
        let cases = [
            text("coordinate real", "1 1 1\n"),
            text("coordinate real diagonal", "1 1 1\n"),
            text("array pattern general", "1 1\n"),
            text("coordinate real hermitian", "1 1 1\n1 1 1\n"),
            text(general, ""),
            text(general, "% only comments\n"),
            text(general, "2 2\n1 1 1\n"),
            text(general, "2 2 -1\n"),
            text(general, "0 0 0\n"),
            text(general, "99999999999 99999999999 1\n1 1 1\n"),
            text(general, "4000000000 4000000000 1\n1 1 1\n"),
            text(general, "2 2 99999999999\n1 1 1\n"),
            text("array real general", "3000000000 3000000000\n1\n"),
            text(general, "2 2 1\n1 1 1\n2 2 1\n"),
            text(general, "2 2 1\n3 1 1\n"),
            text(general, "2 2 1\n0 1 1\n"),
            text(general, "2 2 1\n1 -7 1\n"),
            text(general, "2 2 1\n\n1 1 nan\n"),
            text(general, "2 2 1\n1 2 1e999\n"),
            text(general, "2 2 1\n1 1\n"),
            text(general, "2 2 1\n1 1 1 1\n"),
            text(general, "2 2 1\n1 1 one\n"),
            text("coordinate integer general", "2 2 1\n1 1 1.5\n"),
            text("coordinate complex general", "2 2 1\n1 1 1.5\n"),
            text("coordinate complex hermitian", "2 2 1\n1 1 1 1\n"),
            text("coordinate real skew-symmetric", "2 2 1\n1 1 1\n"),
            text("coordinate real symmetric", "2 3 1\n1 1 1\n"),
            text("coordinate real symmetric", "2 2 2\n1 2 1\n2 1 1\n"),
            text(general, "2 2 1\n1 1 \u{1F600}\n"),
            [text(general, "2 2 1\n"), b"1 1 \xff\n".to_vec()].concat(),
            [text(general, "2 2 1\n"), vec![b'7'; 2 << 20]].concat(),
            Vec::new(),
            b"hello\n".to_vec(),
            b"\x00\x01\x02".to_vec(),
            b"%%MatrixMar".to_vec(),
            b"\x1f\x8b garbage".to_vec(),
        ];
        let messages: Vec<String> =
            cases.iter().map(|case| matrix(case).map(|_| ()).unwrap_err().to_string()).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    #[test]
    fn vectors_are_rows_columns_or_sparse() {
        assert_eq!(vector(&text("array real general", "3 1\n1\n0\n3\n")).unwrap(), [1.0, 0.0, 3.0]);
        assert_eq!(vector(&text("array real general", "1 2\n1\n2\n")).unwrap(), [1.0, 2.0]);
        assert_eq!(vector(&text("coordinate real general", "3 1 1\n2 1 5\n")).unwrap(), [0.0, 5.0, 0.0]);
        let messages = [
            text("array real general", "2 2\n1\n2\n3\n4\n"),
            text("array complex general", "1 1\n1 1\n"),
            text("coordinate real general", "3000000000 1 1\n1 1 1\n"),
        ]
        .map(|case| vector(&case).unwrap_err().to_string());
        insta::assert_snapshot!(messages.join("\n"), @r"
        file: the file holds a 2 x 2 matrix; a vector has a single row or a single column
        file: the file holds complex numbers; a real vector is needed
        file: the header states 3000000000 x 1 but there are only 1 entries: a matrix of this size with empty rows or columns is not accepted
        ");
    }

    #[test]
    fn the_file_is_named() {
        let error = read_matrix("/no/such/file.mtx").unwrap_err();
        assert!(error.to_string().starts_with("/no/such/file.mtx: No such file"));
        assert!(matches!(error.kind, ReadErrorKind::Io(_)));
    }
}

mod numpy_files {
    use super::*;

    fn npy<T: WriteNpyExt>(array: &T) -> Vec<u8> {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).unwrap();
        bytes
    }

    /// An array whose dictionary is written by hand.
    fn by_hand(dictionary: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((dictionary.len() as u16).to_le_bytes());
        bytes.extend(dictionary.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn every_element_type_in_both_orders() {
        let expected = array![[1.0, 0.0, 3.0], [0.0, 5.0, 6.0]];
        macro_rules! check {
            ($($number:ty),*) => { $({
                let rows = expected.mapv(|value| value as $number);
                assert_eq!(real(&npy(&rows)), expected);
                let mut columns = Array2::<$number>::zeros((2, 3).f());
                columns.assign(&rows);
                assert_eq!(real(&npy(&columns)), expected);
            })* };
        }
        check!(f32, f64, i8, i16, i32, i64, u8, u16, u32, u64);
        assert_eq!(real(&npy(&array![[true, false]])), array![[1.0, 0.0]]);
        let i = Complex64::i();
        let complex = array![[1.0 + i, 0.0 * i], [2.0 - i, 3.0 * i]];
        let expected = AnyMatrix::Complex(SparseMatrix::from_dense(&complex));
        assert_eq!(matrix(&npy(&complex)).unwrap(), expected);
        let single = complex.mapv(|value| num_complex::Complex32::new(value.re as f32, value.im as f32));
        assert_eq!(matrix(&npy(&single)).unwrap(), expected);
    }

    #[test]
    fn vectors_have_one_dimension_or_two() {
        assert_eq!(vector(&npy(&array![1.0, 2.0])).unwrap(), [1.0, 2.0]);
        assert_eq!(vector(&npy(&array![[1.0], [2.0]])).unwrap(), [1.0, 2.0]);
        assert!(vector(&npy(&array![[1.0, 2.0], [3.0, 4.0]])).is_err());
    }

    #[test]
    fn a_long_vector_may_be_mostly_zero() {
        let mut long = Array1::<f64>::zeros((1 << 20) + 1);
        long[5] = 1.0;
        assert_eq!(vector(&npy(&long)).unwrap(), long.to_vec());
    }

    #[test]
    fn headers_of_other_versions_and_writers() {
        let big = by_hand(
            "{\"shape\": (1L, 2L), 'descr': '>f8', 'fortran_order': False}\n",
            &[1.5_f64.to_be_bytes(), 2.0_f64.to_be_bytes()].concat(),
        );
        assert_eq!(real(&big), array![[1.5, 2.0]]);
        let mut second = b"\x93NUMPY\x02\x00".to_vec();
        let dictionary = "{'descr': '|i1', 'fortran_order': True, 'shape': (1,), }";
        second.extend((dictionary.len() as u32).to_le_bytes());
        second.extend(dictionary.as_bytes());
        second.push(7);
        assert_eq!(vector(&second).unwrap(), [7.0]);
    }

    #[test]
    fn errors_say_what_is_accepted() {
        let header = |descriptor: &str, shape: &str| {
            format!("{{'descr': {descriptor}, 'fortran_order': False, 'shape': {shape}, }}\n")
        };
        let cases = [
            npy(&Array3::<f64>::zeros((1, 1, 1))),
            npy(&array![[1.0, f64::NAN]]),
            npy(&Array1::<f64>::zeros(0)),
            by_hand(&header("'<f8'", "(99999999999, 99999999999)"), &[]),
            by_hand(&header("'<f8'", "(99999999999,)"), &[0; 80]),
            by_hand(&header("'<f8'", "(2, 2)"), &[0; 31]),
            by_hand(&header("'<f8'", "(2, 2)"), &[0; 33]),
            by_hand(&header("'|O'", "(2, 2)"), &[0; 32]),
            by_hand(&header("'<f2'", "(2, 2)"), &[0; 8]),
            by_hand(&header("'<U3'", "(2, 2)"), &[0; 48]),
            by_hand(&header("[('x', '<f8')]", "(2, 2)"), &[0; 32]),
            by_hand(&header("'<f8'", "(-1, 2)"), &[0; 32]),
            by_hand("{}", &[]),
            b"\x93NUMPY\x09\x00".to_vec(),
            b"\x93NUMPY\x03\x00\xff\xff\xff\xff".to_vec(),
            b"\x93NUMPY\x01".to_vec(),
        ];
        let messages: Vec<String> =
            cases.iter().map(|case| matrix(case).map(|_| ()).unwrap_err().to_string()).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}

mod files_of_other_programs {
    use super::*;

    fn path(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    #[test]
    fn numpy_and_scipy_files_are_read_bit_for_bit() {
        let a = array![
            [4.0, -1.0, 0.0, 0.1],
            [-1.0, 4.0, 1e-17, 0.0],
            [0.0, 0.0, 2.5, -3.0],
            [7.0, 0.0, 0.0, 1.0 / 3.0]
        ];
        let real = |name: &str| read_matrix(path(name)).unwrap().into_real().unwrap().to_dense();
        for format in ["csr", "csc", "coo", "dia", "bsr", "array"] {
            assert_eq!(real(&format!("scipy-{format}.npz")), a, "{format}");
        }
        for name in ["numpy-dense.npz", "numpy-fortran.npy", "scipy-coordinate.mtx", "scipy-dense.mtx"] {
            assert_eq!(real(name), a, "{name}");
        }
        assert_eq!(real("scipy-symmetric.mtx"), &a + &a.t());
        assert_eq!(read_vector(path("numpy-vector.npy")).unwrap(), a.row(0).to_vec());
        let hermitian = ndarray::Zip::from(&a)
            .and(&a.t())
            .map_collect(|value, mirrored| Complex64::new((value + mirrored) / 2.0, value - mirrored));
        let hermitian = AnyMatrix::Complex(SparseMatrix::from_dense(&hermitian));
        for name in ["scipy-hermitian.mtx", "scipy-complex.npz"] {
            assert_eq!(read_matrix(path(name)).unwrap(), hermitian, "{name}");
        }
    }
}

mod archives {
    use super::*;

    /// Writes an archive the way `scipy.sparse.save_npz` does; the name of the format is an array without dimensions.
    fn scipy(format: &str, fill: impl FnOnce(&mut zip::ZipWriter<std::io::Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let dictionary = "{'descr': '|S3', 'fortran_order': False, 'shape': (), }";
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((dictionary.len() as u16).to_le_bytes());
        bytes.extend(dictionary.as_bytes());
        bytes.extend(format.as_bytes());
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("format.npy", options).unwrap();
        archive.write_all(&bytes).unwrap();
        fill(&mut archive);
        archive.finish().unwrap().into_inner()
    }

    fn member(archive: &mut zip::ZipWriter<std::io::Cursor<Vec<u8>>>, name: &str, array: &impl WriteNpyExt) {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{name}.npy"), options).unwrap();
        array.write_npy(archive).unwrap();
    }

    #[test]
    fn one_dense_array_of_any_name() {
        for compressed in [false, true] {
            let mut bytes = std::io::Cursor::new(Vec::new());
            let mut writer =
                if compressed { NpzWriter::new_compressed(&mut bytes) } else { NpzWriter::new(&mut bytes) };
            writer.add_array("hessian", &array![[1.0, 2.0], [3.0, 4.0]]).unwrap();
            writer.finish().unwrap();
            assert_eq!(real(bytes.get_ref()), array![[1.0, 2.0], [3.0, 4.0]]);
        }
    }

    #[test]
    fn every_sparse_format_of_scipy() {
        let expected =
            array![[0.0, 2.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0], [4.0, 0.0, 5.0, 0.0], [0.0, 0.0, 0.0, 6.0]];
        let shape = array![4_i64, 4];
        let csr = scipy("csr", |archive| {
            member(archive, "shape", &shape);
            member(archive, "indices", &array![3_i32, 1, 0, 2, 3]);
            member(archive, "indptr", &array![0_i32, 2, 2, 4, 5]);
            member(archive, "data", &array![1.0, 2.0, 4.0, 5.0, 6.0]);
        });
        let csc = scipy("csc", |archive| {
            member(archive, "shape", &shape);
            member(archive, "indices", &array![2_i64, 0, 2, 0, 3]);
            member(archive, "indptr", &array![0_i64, 1, 2, 3, 5]);
            member(archive, "data", &array![4_i32, 2, 5, 1, 6]);
        });
        let coo = scipy("coo", |archive| {
            member(archive, "shape", &shape);
            member(archive, "row", &array![0_i32, 0, 2, 2, 3, 3]);
            member(archive, "col", &array![3_i32, 1, 0, 2, 3, 3]);
            member(archive, "data", &array![1.0_f32, 2.0, 4.0, 5.0, 2.0, 4.0]);
        });
        let dia = scipy("dia", |archive| {
            member(archive, "shape", &shape);
            member(archive, "offsets", &array![0_i32, 3, -2, 1]);
            let data = array![
                [0.0, 0.0, 5.0, 6.0],
                [9.0, 9.0, 9.0, 1.0],
                [4.0, 0.0, 9.0, 9.0],
                [9.0, 2.0, 0.0, 0.0]
            ];
            member(archive, "data", &data);
        });
        let bsr = scipy("bsr", |archive| {
            member(archive, "shape", &shape);
            member(archive, "indices", &array![0_i32, 1, 0, 1]);
            member(archive, "indptr", &array![0_i32, 2, 4]);
            let blocks = array![
                [[0.0, 2.0], [0.0, 0.0]],
                [[0.0, 1.0], [0.0, 0.0]],
                [[4.0, 0.0], [0.0, 0.0]],
                [[5.0, 0.0], [0.0, 6.0]]
            ];
            member(archive, "data", &blocks);
        });
        for file in [csr, csc, coo, dia, bsr] {
            assert_eq!(real(&file), expected);
        }
    }

    #[test]
    fn contradictions_are_errors() {
        let csr = |shape: [i64; 2], indices: [i32; 2], indptr: [i32; 3]| {
            scipy("csr", |archive| {
                member(archive, "shape", &Array1::from(shape.to_vec()));
                member(archive, "indices", &Array1::from(indices.to_vec()));
                member(archive, "indptr", &Array1::from(indptr.to_vec()));
                member(archive, "data", &array![1.0, 2.0]);
            })
        };
        let two = {
            let mut bytes = std::io::Cursor::new(Vec::new());
            let mut writer = NpzWriter::new(&mut bytes);
            writer.add_array("a", &array![1.0]).unwrap();
            writer.add_array("b", &array![1.0]).unwrap();
            writer.finish().unwrap();
            bytes.into_inner()
        };
        let nan = scipy("coo", |archive| {
            member(archive, "shape", &array![2_i64, 2]);
            member(archive, "row", &array![1_i32]);
            member(archive, "col", &array![0_i32]);
            member(archive, "data", &array![f64::INFINITY]);
        });
        let outside = scipy("coo", |archive| {
            member(archive, "shape", &array![2_i64, 2]);
            member(archive, "row", &array![1_i32]);
            member(archive, "col", &array![2_i32]);
            member(archive, "data", &array![1.0]);
        });
        let cases = [
            csr([2, 2], [0, 2], [0, 1, 2]),
            csr([2, 2], [0, -1], [0, 1, 2]),
            csr([2, 2], [0, 1], [0, 2, 1]),
            csr([2, 2], [0, 1], [0, 1, 3]),
            csr([3, 2], [0, 1], [0, 1, 2]),
            csr([99_999_999_999, 2], [0, 1], [0, 1, 2]),
            csr([2, 4_000_000_000], [0, 1], [0, 1, 2]),
            csr([0, 2], [0, 1], [0, 1, 2]),
            scipy("lil", |archive| {
                member(archive, "shape", &array![2_i64, 2]);
                member(archive, "data", &array![1.0]);
            }),
            scipy("csr", |_| ()),
            two,
            nan,
            outside,
            b"PK\x03\x04 not an archive".to_vec(),
        ];
        let messages: Vec<String> =
            cases.iter().map(|case| matrix(case).map(|_| ()).unwrap_err().to_string()).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn mutilated_archives_never_panic(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut in any::<Option<prop::sample::Index>>(),
        ) {
            let mut file = scipy("csr", |archive| {
                member(archive, "shape", &array![3_i64, 3]);
                member(archive, "indices", &array![0_i32, 1, 2]);
                member(archive, "indptr", &array![0_i32, 1, 2, 3]);
                member(archive, "data", &array![1.0, 2.0, 3.0]);
            });
            for (index, byte) in changes {
                let position = index.index(file.len());
                file[position] = byte;
            }
            if let Some(cut) = cut {
                file.truncate(cut.index(file.len()));
            }
            if let Ok(matrix) = matrix(&file) {
                prop_assert!(matrix.rows() <= 1 << 20 && matrix.cols() <= 1 << 20);
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_bit_for_bit(matrix in any_matrix(10)) {
        let mut file = Vec::new();
        matrix_market(&mut file, &matrix).unwrap();
        prop_assert_eq!(super::tests::matrix(&file).unwrap(), AnyMatrix::Real(matrix.clone()));
        let symmetric = crate::conditioning::combine(
            &matrix.filter_map(|row, column, value| (row.max(column) < matrix.rows().min(matrix.cols())).then_some(value)),
            &SparseMatrix::from_triplets(matrix.rows(), matrix.cols(), []).unwrap(),
            |value, _| value,
        );
        let mut file = Vec::new();
        matrix_market(&mut file, &symmetric).unwrap();
        prop_assert_eq!(super::tests::matrix(&file).unwrap(), AnyMatrix::Real(symmetric));
    }

    #[test]
    fn numpy_arrays_are_read_back_bit_for_bit(matrix in any_matrix(10)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("array.npy");
        write_npy(&path, &matrix.to_dense()).unwrap();
        prop_assert_eq!(read_matrix(&path).unwrap(), AnyMatrix::Real(matrix));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arbitrary_bytes_never_panic(
        magic in prop::sample::select(vec![
            &b""[..],
            b"%%MatrixMarket matrix coordinate real general\n",
            b"%%MatrixMarket matrix array complex hermitian\n3 3\n",
            b"\x93NUMPY\x01\x00\x40\x00{'descr': '<f8', 'fortran_order': False, 'shape': (",
            b"\x93NUMPY",
            b"PK\x03\x04",
            b"\x1f\x8b",
        ]),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let file = [magic, &bytes].concat();
        let _ = vector(&file);
        if let Ok(matrix) = matrix(&file) {
            prop_assert!(matrix.rows() <= 1 << 20 && matrix.cols() <= 1 << 20);
        }
    }

    #[test]
    fn mutilated_text_never_panics(
        header in prop::sample::select(vec![
            "coordinate real general", "coordinate real symmetric", "coordinate complex hermitian",
            "array real skew-symmetric", "array integer general", "coordinate pattern symmetric",
        ]),
        body in "([0-9]{1,11} [0-9]{1,3} [0-9]{1,12}\n)?([0-9.eEdDnaif+-]{1,6}[ \n]){0,30}",
    ) {
        let file = text(header, &body);
        let _ = vector(&file);
        let _ = matrix(&file);
    }
}
