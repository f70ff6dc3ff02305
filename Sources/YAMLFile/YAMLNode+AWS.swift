extension YAMLNode {
    /// An AWS account.
    public func account() throws(YAMLFileError) -> String {
        let account = try text("an AWS account, twelve digits,")
        let isNumber = account.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard account.utf8.count == 12, isNumber else {
            throw fail("an AWS account has twelve digits, not \"\(account)\"")
        }
        return account
    }

    /// An AWS region.
    public func region() throws(YAMLFileError) -> String {
        let region = try text("an AWS region")
        let isName = region.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard (1...32).contains(region.utf8.count), isName else {
            throw fail("an AWS region looks like ap-southeast-2, not \"\(region)\"")
        }
        return region
    }
}
