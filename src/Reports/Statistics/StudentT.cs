namespace HiEndMae.Reports.Statistics;

/// <summary>Quantiles and p-values of Student's t distribution.</summary>
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

    /// <summary>Returns the probability that a value is at least as far from 0 as <paramref name="t"/>, on either side (Abramowitz and Stegun, 26.7.3 and 26.7.4).</summary>
    /// <param name="t">The value.</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double TwoSided(double t, int freedom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(freedom, 1);
        double angle = Math.Atan(Math.Abs(t) / Math.Sqrt(freedom)), cosine = Math.Cos(angle);
        bool isOdd = freedom % 2 == 1;
        // 1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 + ... for even degrees, cos + 2/3 cos^3 + (2 4)/(3 5) cos^5 + ... for odd ones.
        double term = isOdd ? cosine : 1, sum = freedom == 1 ? 0 : term;
        for (int power = isOdd ? 3 : 2; power <= freedom - 2; power += 2)
        {
            term *= (power - 1.0) / power * cosine * cosine;
            sum += term;
        }
        double inside = isOdd ? 2 / Math.PI * (angle + (Math.Sin(angle) * sum)) : Math.Sin(angle) * sum;
        return Math.Clamp(1 - inside, 0, 1);
    }
}
