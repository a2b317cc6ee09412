import Foundation

/// ONNX models of one or two nodes, made with Python's `onnx` 1.23 and passed by its checker.
enum TinyModels {
    /// `sum = a + b`, FP32 [rows, 2]; metadata classes = "cat,dog", task = "classification".
    static let add = bytes(
        """
        CAgSADpkChAKAWEKAWISA3N1bSIDQWRkEgNhZGRaFwoBYRISChAIARIMCgYSBHJvd3MKAggCWhcKAWISEgoQCAESDAoGEgRyb3dzCgIIAmIZCgNzdW0S
        EgoQCAESDAoGEgRyb3dzCgIIAkIECgAQEXISCgdjbGFzc2VzEgdjYXQsZG9nchYKBHRhc2sSDmNsYXNzaWZpY2F0aW9u
        """)

    /// BYTES `word` [rows, 1]: INT64 `code` (red 1, größe 2, the empty text 3, else -1), and BYTES `echo`, the same word.
    static let label = bytes(
        """
        CAgSADr4AQqCAQoEd29yZBIEY29kZSIMTGFiZWxFbmNvZGVyKh0KDWRlZmF1bHRfaW50NjQY////////////AaABAiohCgxrZXlzX3N0cmluZ3NKA3Jl
        ZEoHZ3LDtsOfZUoAoAEIKhgKDXZhbHVlc19pbnQ2NHNAAUACQAOgAQc6CmFpLm9ubngubWwKFgoEd29yZBIEZWNobyIISWRlbnRpdHkSBWxhYmVsWhoK
        BHdvcmQSEgoQCAgSDAoGEgRyb3dzCgIIAWIaCgRjb2RlEhIKEAgHEgwKBhIEcm93cwoCCAFiGgoEZWNobxISChAICBIMCgYSBHJvd3MKAggBQgQKABAR
        Qg4KCmFpLm9ubngubWwQAg==
        """)

    /// UINT8 `pixels` to FP32 `values`, [rows, 4].
    static let cast = bytes(
        """
        CAgSADplCiEKBnBpeGVscxIGdmFsdWVzIgRDYXN0KgkKAnRvGAGgAQISBGNhc3RaHAoGcGl4ZWxzEhIKEAgCEgwKBhIEcm93cwoCCARiHAoGdmFsdWVz
        EhIKEAgBEgwKBhIEcm93cwoCCARCBAoAEBE=
        """)

    private static func bytes(_ base64: String) -> [UInt8] {
        [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }
}
