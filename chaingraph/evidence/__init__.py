"""What data from elsewhere says: registers of firms, specialisation, what takes root where.

Optional: extras ``evidence`` and ``spark``. Nothing of chaingraph's core imports it, and
it knows nothing of the analyses.
"""
