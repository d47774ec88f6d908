namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Spine, ribs, pelvis and the muscles beside them.</summary>
internal static class Skeleton
{
    private const double VertebraHeight = 27, DiscHeight = 9, Reach = 190;

    /// <summary>Muscles along the spine.</summary>
    public static IEnumerable<Shape> Muscles(Patient patient)
    {
        double back = patient.SpineY;
        foreach (int side in (int[])[-1, 1])
        {
            Tissue muscle = patient.Muscle();
            double size = patient.Random.Between(0.85, 1.2);
            // Psoas: from the first lumbar vertebra down and to the side.
            yield return new Tube(Tube.Curve([
                (new Point(side * 24, back + 2, 30), 5 * size), (new Point(side * 33, back + 4, -30), 15 * size),
                (new Point(side * 44, back + 14, -100), 21 * size), (new Point(side * 58, back + 34, -Reach), 22 * size)])) { Tissue = muscle, InCavity = false };
            yield return new Tube((new Point(side * 62, back - 4, 30), 9 * size), (new Point(side * 74, back - 2, -90), 13 * size)) { Tissue = muscle, InCavity = false };
        }
    }

    /// <summary>Ribs within the wall and the wings of the pelvis.</summary>
    public static IEnumerable<Shape> CageAndPelvis(Patient patient)
    {
        Body body = patient.Body;
        Tissue rib = new Bone(patient.Texture(), patient.Tissues.Marrow + 60, patient.Random.Between(520, 800), 3), cartilage = new Parenchyma(patient.Texture(), 110, 25, 40);
        double top = patient.Random.Between(150, 175), spacing = patient.Random.Between(26, 31), fall = patient.Random.Between(55, 80);
        for (int number = 0; number < 7; number++)
        {
            // Angles from the spine (0) to the breastbone (1); the last ribs end early.
            double end = number switch { 6 => 0.34, 5 => 0.48, 4 => 0.68, _ => 0.92 }, z = (top - spacing * number) * patient.Stature;
            foreach (int side in (int[])[-1, 1])
            {
                const int Parts = 12;
                var path = new List<(Point, double)>();
                for (int i = 0; i <= Parts; i++)
                {
                    double part = 0.06 + (end - 0.06) * i / Parts, angle = -Math.PI / 2 + side * Math.PI * part;
                    double height = z - fall * Math.Sin(Math.PI / 2 * Math.Min(1, part * 1.25));
                    path.Add(((body.Cavity.At(angle, height) + body.Muscle.At(angle, height)) * 0.5, 4.6));
                }
                // In thirds, so that each has a small box.
                for (int third = 0; third < 3; third++)
                {
                    bool soft = third == 2 && number < 4;
                    yield return new Tube([.. path.Skip(third * 4).Take(5)]) { Tissue = soft ? cartilage : rib, InCavity = false };
                }
            }
        }
        Tissue pelvis = new Bone(patient.Texture(), patient.Tissues.Marrow, patient.Random.Between(480, 720), 3.5);
        double crest = patient.Random.Between(-108, -80) * patient.Stature;
        foreach (int side in (int[])[-1, 1])
        {
            Point middle = new(side * (body.Cavity.HalfWidth - 32), -28, crest - 62);
            yield return new Combined(
                [new Ellipsoid(middle, new Point(36, 62, 66), side * 0.5) { Tissue = pelvis }],
                [new Ellipsoid(middle - new Point(side * 7, -5, 6), new Point(34, 64, 66), side * 0.5) { Tissue = pelvis }, new Half(new Point(0, 38, 0), new Point(0, -1, 0)) { Tissue = pelvis }], 0) { Tissue = pelvis, InCavity = false };
        }
    }

    /// <summary>Vertebrae with discs and arches; the class "spine". The spinal canal is not part of the class.</summary>
    public static IEnumerable<Shape> Spine(Patient patient, int label)
    {
        PhantomRandom random = patient.Random;
        Tissue bone = new Bone(patient.Texture(), patient.Tissues.Marrow, random.Between(420, 680), 2.2), disc = new Parenchyma(patient.Texture(), random.Between(70, 100), 5);
        Tissue arch = new Bone(patient.Texture(), patient.Tissues.Marrow + 120, random.Between(550, 800), 2.5), cord = patient.Fluid(random.Between(18, 34));
        double pitch = (VertebraHeight + DiscHeight) * patient.Stature, start = -Reach + random.Between(0, pitch), width = random.Between(0.9, 1.12), sway = random.Within(6), bend = random.Within(7);
        yield return new Tube((new Point(0, patient.SpineY - 27, -Reach), 9), (new Point(0, patient.SpineY - 27, Reach), 9)) { Tissue = cord, InCavity = false };
        for (double z = start; z < Reach; z += pitch)
        {
            double x = sway * Math.Sin(z / 90), y = patient.SpineY + bend * Math.Cos(z / 110);
            var centre = new Point(x, y, z);
            yield return new Ellipsoid(centre + new Point(0, 0, pitch / 2), new Point(20 * width, 14.5 * width, DiscHeight * 0.95)) { Tissue = disc, Label = label, InCavity = false };
            yield return new Combined(
                [new Tube((centre - new Point(7 * width, 0, 0), 15.5 * width), (centre + new Point(7 * width, 0, 0), 15.5 * width)) { Tissue = bone },
                 new Ellipsoid(centre, new Point(23 * width, 16.5 * width, 40)) { Tissue = bone }],
                [new Half(centre + new Point(0, 0, VertebraHeight / 2), new Point(0, 0, -1)) { Tissue = bone }, new Half(centre - new Point(0, 0, VertebraHeight / 2), new Point(0, 0, 1)) { Tissue = bone }], 6)
            { Tissue = bone, Label = label, InCavity = false };
            foreach (int side in (int[])[-1, 1])
            {
                yield return new Tube((centre + new Point(side * 14, -13, 5), 5), (centre + new Point(side * 15, -30, 2), 4.5), (centre + new Point(side * 3, -41, -3), 4)) { Tissue = arch, Label = label, InCavity = false };
                yield return new Tube((centre + new Point(side * 15, -24, 2), 4.5), (centre + new Point(side * 40, -29, 0), 3.2)) { Tissue = arch, Label = label, InCavity = false };
            }
            yield return new Tube((centre + new Point(0, -41, -3), 3.6), (centre + new Point(0, -62, -12), 4)) { Tissue = arch, Label = label, InCavity = false };
        }
    }
}
