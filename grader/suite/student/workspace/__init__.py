"""What student code may write to: the files of the working copy, and copies of packages that write into themselves."""
