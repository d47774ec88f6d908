namespace HiEndMae.Reports.Statistics;

/// <summary>Quantiles of Student's t distribution.</summary>
internal static class StudentT
{
    // Exact to three decimals. Beyond ten degrees of freedom the expansion below is as exact.
    private static readonly double[] Small = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    /// <summary>Returns the 97.5 % quantile.</summary>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Quantile975(int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        if (freedom <= Small.Length) return Small[freedom - 1];
        // Cornish-Fisher expansion in 1 / freedom around the normal quantile (Abramowitz and Stegun, 26.7.5).
        const double Z = 1.959963985;
        double z3 = Z * Z * Z, z5 = z3 * Z * Z, z7 = z5 * Z * Z, n = freedom;
        return Z + ((z3 + Z) / (4 * n)) + (((5 * z5) + (16 * z3) + (3 * Z)) / (96 * n * n)) + (((3 * z7) + (19 * z5) + (17 * z3) - (15 * Z)) / (384 * n * n * n));
    }
}
