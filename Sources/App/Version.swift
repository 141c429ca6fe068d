/// Which version of the program this is.
package enum Version {
    /// Semantic: what a package and a backup are named by.
    package static let text = "0.1.0"
}
