//! Block encodings of matrices as circuits, each with a certificate.
