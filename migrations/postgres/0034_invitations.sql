-- The administrator who invited alone to an address that was never proven: the rule is asked again before a link
-- opens the account. None once the programme office invited or confirmed, or a password was set.
ALTER TABLE account ADD COLUMN invited_by UUID REFERENCES person (id);
